// The first page: what can be dropped here, and the built-in samples. Interface thread.
#pragma once

#include <QWidget>

namespace ui {

class StartPage : public QWidget {
    Q_OBJECT

public:
    explicit StartPage(QWidget* parent = nullptr);

signals:
    void sampleChosen(const QStringList& files);

private:
    QWidget* sampleButton(const QString& caption, const QStringList& files);
};

} // namespace ui
