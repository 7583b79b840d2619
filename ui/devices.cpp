// The window's choice of what computes: the device, and whether exactly or with products of 16-bit numbers. What is open
// is asked again by it, beside a pinned map of the answer before.
#include "app/document/background.h"
#include "ui/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QMenuBar>

namespace ui {

using engine::ops::Candidate;
using engine::ops::DeviceKind;
using engine::ops::Precision;

QAction* MainWindow::addDevice(const QString& text, const QString& request, const QString& tip)
{
    QAction* action = add(qPrintable("device " + request), tr("Device"), text, {}, tip,
        [this, request] { useDevice(request, m_settings->fast()); });
    action->setCheckable(true);
    action->setData(request);
    m_deviceActions->addAction(action);
    return action;
}

void MainWindow::makeDeviceActions()
{
    m_deviceActions = new QActionGroup(this);
    addDevice(tr("The best there is"), {}, tr("A GPU; without one, the processor natively"));
    addDevice(tr("Processor"), "cpu", tr("The processor natively, with all of its cores"));
    auto* precisions = new QActionGroup(this);
    const auto addPrecision = [this, precisions](const char* id, const QString& text, const QString& tip, bool fast) {
        QAction* action = add(
            id, tr("Device"), text, {}, tip, [this, fast] { useDevice(m_settings->device(), fast); });
        action->setCheckable(true);
        action->setChecked(m_settings->fast() == fast);
        precisions->addAction(action);
    };
    addPrecision("exact", tr("Exact"), tr("Single precision throughout: as the reference computes"), false);
    addPrecision("fast", tr("Fast"),
        tr("Products of 16-bit numbers, summed in single precision, on GPUs and processors that have them: up to three "
           "times sooner, and off in about the third digit. Pin a map first to see the difference."),
        true);
}

void MainWindow::makeDeviceMenu()
{
    QMenu* menu = menuBar()->addMenu(tr("Device"));
    menu->setToolTipsVisible(true);
    menu->addActions(m_deviceActions->actions());
    QAction* line = menu->addSeparator();
    menu->addAction(action("exact"));
    menu->addAction(action("fast"));
    // Asking every driver takes a while, and few ever ask: once, when the menu is first opened.
    connect(
        menu, &QMenu::aboutToShow, this,
        [this, menu, line] {
            app::document::inBackground(
                this, [] { return engine::devices::listDevices(); },
                [this, menu, line](std::vector<Candidate> found) { addDevices(found, menu, line); });
        },
        Qt::SingleShotConnection);
    useDevice(m_settings->device(), m_settings->fast());
}

void MainWindow::addDevices(const std::vector<Candidate>& found, QMenu* menu, QAction* before)
{
    for (const Candidate& each : found) {
        const QString name = QString::fromStdString(each.info.name), reason = QString::fromStdString(each.reason);
        if (each.info.kind == DeviceKind::Cpu) {
            action("device cpu")->setText(tr("Processor: %1").arg(name));
            continue;
        }
        if (action("device " + QString::fromStdString(each.request)))
            continue; // the remembered one
        QAction* action = addDevice(name, QString::fromStdString(each.request), reason);
        action->setEnabled(each.usable);
        action->setChecked(each.usable && action->data().toString() == m_settings->device());
        menu->insertAction(before, action);
    }
}

void MainWindow::useDevice(const QString& request, bool fast)
{
    m_settings->setDevice(request, fast);
    for (QAction* each : m_deviceActions->actions())
        each->setChecked(each->data().toString() == request);
    m_document.chooseDevice(request.toStdString(), fast ? Precision::Fast : Precision::Exact);
}

} // namespace ui
