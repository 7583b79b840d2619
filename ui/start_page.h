// The first page: a large target that says what can be dropped, and the built-in samples. Interface thread.
#pragma once

#include "app/document/settings.h"

#include <QWidget>

class QFrame;
class QHBoxLayout;
class QLabel;

namespace ui {

class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);
    // The target while something is held over the window: lit, and saying what a drop would do.
    void lightTarget(const QString& promise);
    void restTarget();
    // The newest of what was opened, as far as it is still there.
    void setRecent(const QList<app::document::RecentItem>& items);

signals:
    void sampleChosen(const QStringList& files);
    void cameraChosen();

protected:
    void changeEvent(QEvent* event) override;

private:
    QFrame* m_target;
    QLabel *m_headline, *m_recentHead;
    QHBoxLayout* m_recent;
};

} // namespace ui
