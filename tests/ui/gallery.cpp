#include "tests/ui/gallery.h"

#include "ui/theme.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QDockWidget>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QSlider>
#include <QSplitter>
#include <QStatusBar>
#include <QTableWidget>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>
#include <QTreeWidget>

namespace gallery {

namespace {

constexpr int kSpace = ui::kSpace;

QHBoxLayout* segments(const QStringList& names)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    for (const QString& name : names) {
        auto* button = new QToolButton;
        button->setObjectName("segment");
        button->setText(name);
        button->setCheckable(true);
        button->setAutoExclusive(true);
        button->setChecked(name == names.first());
        button->setEnabled(name != "off");
        row->addWidget(button);
    }
    row->addStretch();
    return row;
}

QWidget* pushButtons()
{
    auto* group = new QGroupBox("Buttons");
    auto* layout = new QVBoxLayout(group);
    layout->setSpacing(kSpace);
    auto* row = new QHBoxLayout;
    auto* primary = new QPushButton("Run again");
    primary->setProperty("primary", true);
    auto* checked = new QPushButton("Checked");
    checked->setCheckable(true);
    checked->setChecked(true);
    auto* off = new QPushButton("Disabled");
    off->setEnabled(false);
    auto* focused = new QPushButton("Focused");
    focused->setObjectName("focused");
    for (QWidget* button : std::initializer_list<QWidget*> {primary, new QPushButton("Plain"), focused, checked, off})
        row->addWidget(button);
    layout->addLayout(row);
    layout->addLayout(segments({"flow", "arrows", "magnitude", "off"}));
    return group;
}

QWidget* choices()
{
    auto* group = new QGroupBox("Choices");
    auto* grid = new QGridLayout(group);
    for (int i = 0; i < 6; ++i) {
        auto* box = new QCheckBox(QStringList {"Plain", "Checked", "In part"}[i % 3]);
        box->setTristate(i % 3 == 2);
        box->setCheckState(Qt::CheckState(i % 3 == 1 ? 2 : i % 3 == 2 ? 1 : 0));
        auto* radio = new QRadioButton(i % 3 == 1 ? "This one" : "Or this");
        radio->setAutoExclusive(false);
        radio->setChecked(i % 3 == 1);
        for (QWidget* widget : std::initializer_list<QWidget*> {box, radio})
            widget->setEnabled(i < 3);
        grid->addWidget(box, i % 3, i / 3 * 2);
        grid->addWidget(radio, i % 3, i / 3 * 2 + 1);
    }
    return group;
}

QWidget* fields()
{
    auto* group = new QGroupBox("Fields");
    auto* form = new QFormLayout(group);
    form->setHorizontalSpacing(2 * kSpace);
    auto* combo = new QComboBox;
    combo->addItems({"viridis", "magma", "cividis"});
    auto* typed = new QComboBox;
    typed->setEditable(true);
    typed->addItems({"starter-flow"});
    auto* off = new QComboBox;
    off->addItem("no device");
    off->setEnabled(false);
    auto* line = new QLineEdit;
    line->setPlaceholderText("Search latents");
    auto* offLine = new QLineEdit("read only here");
    offLine->setEnabled(false);
    auto* spin = new QSpinBox;
    spin->setValue(17);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setValue(60);
    auto* offSlider = new QSlider(Qt::Horizontal);
    offSlider->setValue(30);
    offSlider->setEnabled(false);
    auto* bar = new QProgressBar;
    bar->setValue(62);
    bar->setTextVisible(false);
    bar->setFixedHeight(kSpace / 2);
    form->addRow("Colours", combo);
    form->addRow("Model", typed);
    form->addRow("Device", off);
    form->addRow("Search", line);
    form->addRow("Fixed", offLine);
    form->addRow("Row", spin);
    form->addRow("Scale", new QDoubleSpinBox);
    form->addRow("Opacity", slider);
    form->addRow("Discard", offSlider);
    form->addRow("Share", bar);
    return group;
}

QWidget* table()
{
    auto* made = new QTableWidget(30, 4);
    made->setHorizontalHeaderLabels({"latent", "share", "entropy", "position"});
    for (int i = 0; i < 120; ++i)
        made->setItem(i / 4, i % 4, new QTableWidgetItem(QString::number(i * 0.173, 'f', 3)));
    made->setCurrentCell(2, 1);
    made->setSortingEnabled(true);
    made->verticalHeader()->setDefaultSectionSize(3 * kSpace);
    return made;
}

QDockWidget* dock(const QString& title, QWidget* inside)
{
    auto* made = new QDockWidget(title);
    made->setObjectName(title);
    made->setWidget(inside);
    return made;
}

QWidget* lists()
{
    auto* split = new QSplitter;
    auto* list = new QListWidget;
    for (int i = 0; i < 20; ++i)
        list->addItem(QString("Latent %1").arg(i));
    list->item(2)->setFlags(Qt::NoItemFlags);
    list->setCurrentRow(1);
    auto* tree = new QTreeWidget;
    tree->setHeaderLabels({"Layer", "ms"});
    auto* top = new QTreeWidgetItem(tree, {"encoder", "3.1"});
    for (const char* name : {"cross-attention", "mlp"}) {
        auto* item = new QTreeWidgetItem(top, {name, "1.2"});
        item->setCheckState(0, name[0] == 'c' ? Qt::Checked : Qt::Unchecked);
    }
    top->setExpanded(true);
    split->addWidget(list);
    split->addWidget(tree);
    return split;
}

} // namespace

Gallery::Gallery()
{
    resize(1180, 760);
    setWindowTitle("Gallery");
    QMenu* last = nullptr;
    for (QAction* action : makeActions(this)) {
        const QString category = action->property("category").toString();
        if (!last || last->title() != category)
            last = menuBar()->addMenu(category);
        last->addAction(action);
    }
    menuBar()->addMenu("Disabled")->setEnabled(false);
    auto* bar = addToolBar("Main");
    auto* title = new QLabel("PerceiverScope");
    title->setObjectName("title");
    bar->addWidget(title);
    bar->addAction("Open…");
    auto* model = new QToolButton;
    model->setText("starter-flow");
    model->setPopupMode(QToolButton::InstantPopup);
    model->setMenu(new QMenu(model));
    bar->addWidget(model);
    auto* run = new QToolButton;
    run->setText("Run");
    run->setProperty("primary", true);
    bar->addWidget(run);
    bar->addSeparator();
    QAction* on = bar->addAction("Attention");
    on->setCheckable(true);
    on->setChecked(true);
    bar->addAction("Off")->setEnabled(false);

    auto* middle = new QWidget;
    auto* grid = new QGridLayout(middle);
    grid->setContentsMargins(2 * kSpace, 2 * kSpace, 2 * kSpace, 2 * kSpace);
    grid->setSpacing(2 * kSpace);
    auto* card = new QPushButton("  How does it move?");
    card->setObjectName("card");
    card->setMinimumHeight(6 * kSpace);
    auto* text = new QPlainTextEdit("The film was from start to end.");
    auto* quiet = new QLabel("Hover a class to see where it came from; click to keep it. <a href='x'>More</a>");
    quiet->setObjectName("quiet");
    grid->addWidget(pushButtons(), 0, 0);
    grid->addWidget(choices(), 1, 0);
    grid->addWidget(card, 2, 0);
    grid->addWidget(quiet, 3, 0);
    grid->addWidget(text, 4, 0);
    grid->addWidget(fields(), 0, 1, 5, 1);
    setCentralWidget(middle);
    auto* tabs = new QTabWidget;
    tabs->addTab(lists(), "Maps");
    tabs->addTab(new QLabel, "Scatter");
    tabs->setTabEnabled(tabs->addTab(new QLabel, "Nothing"), false);
    auto* latents = dock("Latents", tabs);
    auto* map = dock("Map", new QLabel("map"));
    auto* numbers = dock("Table", table());
    addDockWidget(Qt::RightDockWidgetArea, latents);
    addDockWidget(Qt::RightDockWidgetArea, map);
    tabifyDockWidget(map, latents);
    addDockWidget(Qt::BottomDockWidgetArea, numbers);
    statusBar()->addWidget(new QLabel("locked: class “tabby cat”"));
}

QList<QAction*> makeActions(QWidget* owner)
{
    struct Kind {
        const char *category, *text, *keys, *tip;
    };
    constexpr Kind kinds[] = {
        {"File", "&Open…", "Ctrl+O", "A picture, two frames of one size, or a text"},
        {"File", "Open &camera", "Ctrl+Shift+C", ""},
        {"File", "&Export what is shown…", "Ctrl+E", "PNG, SVG, PDF, CSV or NPY, with scale bar and caption"},
        {"File", "Save session", "Ctrl+S", ""},
        {"View", "Fit", "0", "The whole picture in the window"},
        {"View", "Pixel grid", "G", "Lines between pixels when the picture is large"},
        {"View", "Reset the layout", "", "All panels back to where they were at first"},
        {"View", "Dark theme", "", ""},
        {"Attention", "Latent → inputs", "1", "Where each latent looks. Sums to 1."},
        {"Attention", "Output → inputs", "4", "The decoder’s attention, carried back through the latent layers to the inputs"},
        {"Attention", "Knock out the selection", "K", "Runs again without the selected pixels, bytes or latents"},
        {"Attention", "Pin as A", "P", "The next map is B: A, B and A − B side by side"},
        {"Run", "Run again", "F5", ""},
        {"Run", "Cancel", "Esc", ""},
        {"Help", "Keys and gestures", "F1", ""},
        {"Help", "Commands", "Ctrl+Shift+P", ""},
    };
    QList<QAction*> actions;
    for (const Kind& kind : kinds) {
        auto* action = new QAction(kind.text, owner);
        action->setProperty("category", kind.category);
        action->setShortcut(QKeySequence(kind.keys));
        if (*kind.tip)
            action->setToolTip(kind.tip);
        actions << action;
    }
    actions[5]->setCheckable(true);
    actions[5]->setChecked(true);
    actions[13]->setEnabled(false); // nothing runs
    actions[13]->setShortcuts({QKeySequence("Esc"), QKeySequence("Ctrl+.")});
    return actions;
}

} // namespace gallery
