#include "ui/start_page.h"

#include "app/commands/assets.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace ui {

StartPage::StartPage(QWidget* parent) : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(48, 48, 48, 32);
    layout->setSpacing(24);

    auto* target = new QLabel(tr("Drop an image or two frames\nor pick a sample"), this);
    target->setAlignment(Qt::AlignCenter);
    target->setMinimumHeight(220);
    QFont font = target->font();
    font.setPointSizeF(font.pointSizeF() * 1.8);
    target->setFont(font);
    target->setStyleSheet("QLabel { border: 2px dashed palette(mid); border-radius: 12px; }");
    layout->addWidget(target, 1);

    const QString samples = QString::fromStdString((app::commands::assets() / "samples").string()) + "/";
    auto* row = new QHBoxLayout;
    row->setSpacing(16);
    row->addStretch();
    row->addWidget(sampleButton(tr("Moving objects"), {samples + "rubberwhale1.png", samples + "rubberwhale2.png"}));
    row->addWidget(sampleButton(tr("Astronaut"), {samples + "astronaut.png"}));
    row->addWidget(sampleButton(tr("Cat"), {samples + "chelsea.png"}));
    row->addWidget(sampleButton(tr("Coffee"), {samples + "coffee.png"}));
    row->addStretch();
    layout->addLayout(row);
}

QWidget* StartPage::sampleButton(const QString& caption, const QStringList& files)
{
    constexpr QSize kThumbnail(144, 108);
    auto* button = new QToolButton(this);
    button->setText(caption);
    button->setAutoRaise(true);
    button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
    const QPixmap picture(files.first());
    button->setIcon(QIcon(picture.scaled(kThumbnail, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation)
                              .copy(QRect(QPoint(0, 0), kThumbnail))));
    button->setIconSize(kThumbnail);
    button->setToolTip(files.size() == 2 ? tr("Two frames: the optical flow from the first to the second")
                                         : tr("A picture"));
    connect(button, &QToolButton::clicked, this, [this, files] { emit sampleChosen(files); });
    return button;
}

} // namespace ui
