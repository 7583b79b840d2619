// A row of joined buttons that choose which of a stack's pages is seen. Interface thread.
#pragma once

#include <QStringList>

class QHBoxLayout;
class QStackedWidget;

namespace ui {

// A button a page, in their order, on a row that more can be added to.
QHBoxLayout* viewSwitch(const QStringList& names, QStackedWidget& pages);

} // namespace ui
