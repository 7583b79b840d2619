// A heading and its lines of keys and what they do: one category of the sheet of shortcuts. Interface thread.
#pragma once

#include <QWidget>

class QLabel;

namespace ui {

class SheetSection : public QWidget {
    Q_OBJECT

public:
    struct Line {
        QList<QStringList> keys; // alternatives, each a row of caps
        QString what;
    };
    SheetSection(const QString& title, const QList<Line>& lines, QWidget* parent = nullptr);

    QString text() const;
    int shown() const; // lines that fit the last search
    int search(const QString& query); // the same, after it

private:
    struct Row {
        QWidget* keys;
        QLabel* what;
        QString searched;
    };
    QString m_title;
    QList<Line> m_lines;
    QList<Row> m_rows;
};

} // namespace ui
