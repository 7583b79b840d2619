// What was opened in this window, answered one after another, each with its state; a click shows it. Interface thread.
#pragma once

#include "app/document/source_queue.h"

#include <QWidget>

class QLabel;
class QListView;

namespace ui {

class SourcePanel : public QWidget {
    Q_OBJECT

public:
    explicit SourcePanel(app::document::SourceQueue& queue, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {200, 400}; }

private:
    void showCount();

    app::document::SourceQueue& m_queue;
    QListView* m_list;
    QLabel* m_count;
};

} // namespace ui
