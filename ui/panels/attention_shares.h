// How the shown map is shared among the parts of a clip: one bar in three pieces, with their names and shares beneath.
// Interface thread.
#pragma once

#include "app/document/analysis.h"

#include <QWidget>

namespace ui {

class AttentionShares : public QWidget {
    Q_OBJECT

public:
    explicit AttentionShares(QWidget* parent = nullptr);

    // title: what is asked, "Why “cat”?"; shares: as app::document::AttentionMap has them. Without shares it is hidden.
    void setShares(const QString& title, const std::vector<app::document::Share>& shares);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_title;
    std::vector<app::document::Share> m_shares;
};

} // namespace ui
