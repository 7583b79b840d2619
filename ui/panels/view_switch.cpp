#include "ui/panels/view_switch.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QToolButton>

namespace ui {

QHBoxLayout* viewSwitch(const QStringList& names, QStackedWidget& pages)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    auto* group = new QButtonGroup(&pages);
    for (int i = 0; i < int(names.size()); ++i) {
        auto* button = new QToolButton;
        button->setObjectName("segment");
        button->setText(names[i]);
        button->setCheckable(true);
        button->setChecked(i == 0);
        group->addButton(button, i);
        row->addWidget(button);
    }
    QObject::connect(group, &QButtonGroup::idClicked, &pages, &QStackedWidget::setCurrentIndex);
    return row;
}

} // namespace ui
