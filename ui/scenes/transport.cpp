#include "ui/scenes/transport.h"

#include "ui/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QToolButton>

namespace ui {

Transport::Transport(QWidget* parent)
    : QWidget(parent), m_back(new QToolButton), m_play(new QToolButton), m_forward(new QToolButton)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kSpace / 2);
    for (QToolButton* button : {m_back, m_play, m_forward}) {
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setFixedSize(4 * kSpace, 4 * kSpace);
        row->addWidget(button);
    }
}

void Transport::setActions(QAction* back, QAction* play, QAction* forward)
{
    m_back->setDefaultAction(back);
    m_play->setDefaultAction(play);
    m_forward->setDefaultAction(forward);
}

} // namespace ui
