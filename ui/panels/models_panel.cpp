#include "ui/panels/models_panel.h"

#include "ui/panels/model_panel.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QIdentityProxyModel>
#include <QLabel>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

namespace ui {

using namespace app::document;

namespace {

// Any model may be looked at, whether or not it answers what is open.
class ToLookAt : public QIdentityProxyModel {
public:
    using QIdentityProxyModel::QIdentityProxyModel;
    Qt::ItemFlags flags(const QModelIndex& index) const override
    {
        return index.isValid() ? Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren : Qt::NoItemFlags;
    }
};

} // namespace

ModelsPanel::ModelsPanel(PanelContext context, QWidget* parent)
    : Panel(context, parent)
    , m_list(new QComboBox)
    , m_use(new QPushButton(tr("Use it")))
    , m_words(new QLabel)
    , m_panel(new ModelPanel)
{
    auto* all = new ToLookAt(this);
    all->setSourceModel(&m_context.shelf);
    m_list->setModel(all);
    m_list->setAccessibleName(tr("The model that is looked at"));
    m_list->setToolTip(tr("Looks at a model; it answers only when it is chosen."));
    m_list->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_words->setObjectName("quiet");
    m_words->setWordWrap(true);
    auto* top = new QHBoxLayout;
    top->setSpacing(kSpace);
    top->addWidget(m_list, 1);
    top->addWidget(m_use);
    auto* head = new QVBoxLayout;
    head->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, 0);
    head->setSpacing(kSpace);
    head->addLayout(top);
    head->addWidget(m_words);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);
    layout->addWidget(m_panel, 1);

    follow(*m_list);
    connect(m_list, &QComboBox::activated, this, [this](int row) {
        m_picked = m_list->itemData(row, ModelShelfModel::IdRole).toString();
        lookAt(m_picked);
    });
    connect(m_use, &QPushButton::clicked, this, [this] { emit chosen(m_shown); });
    connect(m_panel, &ModelPanel::linkAsked, this, [](const QUrl& link) { QDesktopServices::openUrl(link); });
    connect(&m_document, &Document::answered, this,
        [this] { setChosen(QString::fromStdString(m_document.analysis()->model)); });
    // Other models, or another thing that is open.
    connect(&m_context.shelf, &QAbstractItemModel::modelReset, this, [this] {
        m_facts.clear();
        lookAt(m_shown);
    });
    connect(&m_context.shelf, &QAbstractItemModel::layoutChanged, this, &ModelsPanel::showStates);
    m_panel->showNothing();
    showStates();
}

void ModelsPanel::setChosen(const QString& id)
{
    m_chosen = m_picked = id;
    lookAt(id);
}

void ModelsPanel::follow(QComboBox& list)
{
    connect(&list, &QComboBox::highlighted, this,
        [this, &list](int row) { lookAt(list.itemData(row, ModelShelfModel::IdRole).toString()); });
    list.view()->installEventFilter(this);
}

bool ModelsPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Hide && qobject_cast<QAbstractItemView*>(watched))
        lookAt(m_picked);
    return Panel::eventFilter(watched, event);
}

// A session may bring one that is not on the shelf.
ModelEntry ModelsPanel::entryOf(const QString& id) const
{
    const ModelEntry* entry = m_context.shelf.entry(m_context.shelf.rowOf(id));
    return entry ? *entry : id.isEmpty() ? ModelEntry() : ModelShelf::entryOf(id.toStdString());
}

void ModelsPanel::lookAt(const QString& id)
{
    m_shown = id;
    if (!id.isEmpty() && !m_facts.contains(id))
        m_facts.emplace(id, factsOf(id.toStdString()));
    const auto facts = m_facts.find(id);
    if (facts != m_facts.end() && facts->second.ok()) {
        const ModelEntry entry = entryOf(id);
        const auto& analysis = m_document.analysis();
        const bool answered = analysis && analysis->model == entry.id;
        m_panel->showModel(
            facts->second.value(), QString::fromStdString(entry.card), answered ? analysis->deviceBytes : 0);
    } else {
        m_panel->showNothing();
    }
    showStates();
}

void ModelsPanel::showStates()
{
    const int row = m_context.shelf.rowOf(m_shown);
    if (m_list->currentIndex() != row && !m_list->view()->isVisible())
        m_list->setCurrentIndex(row);
    const ModelEntry entry = entryOf(m_shown);
    const QString wrong = row < 0 ? QString::fromStdString(entry.wrong)
                                  : m_context.shelf.index(row).data(ModelShelfModel::WrongRole).toString();
    QStringList words;
    for (const std::string& can : entry.can)
        words << QString::fromStdString(can);
    if (!wrong.isEmpty())
        words << wrong;
    m_words->setText(m_shown.isEmpty() ? tr("Choose a model here to see what it does.") : words.join("\n"));
    m_words->setVisible(!m_words->text().isEmpty());
    m_use->setVisible(row >= 0 && m_shown != m_chosen);
    m_use->setEnabled(wrong.isEmpty() && m_document.isOpen());
    m_use->setToolTip(wrong.isEmpty() ? tr("Asks this model about what is open") : wrong);
}

} // namespace ui
