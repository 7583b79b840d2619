// One back, play, one on: the three buttons beneath what moves. Interface thread.
#pragma once

#include <QWidget>

class QAction;
class QToolButton;

namespace ui {

class Transport : public QWidget {
    Q_OBJECT

public:
    explicit Transport(QWidget* parent = nullptr);
    void setActions(QAction* back, QAction* play, QAction* forward); // what they do

private:
    QToolButton *m_back, *m_play, *m_forward;
};

} // namespace ui
