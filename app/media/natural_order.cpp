#include "app/media/natural_order.h"

#include <QCollator>
#include <QString>
#include <algorithm>

namespace app::media {

void sortNaturally(std::vector<std::filesystem::path>& paths)
{
    QCollator order{QLocale(QLocale::English)}; // the C locale has no numeric order
    order.setNumericMode(true);
    std::sort(paths.begin(), paths.end(), [&](const auto& a, const auto& b) {
        const QString left = QString::fromStdString(a.filename().string()),
                      right = QString::fromStdString(b.filename().string());
        const int compared = order.compare(left, right);
        return compared != 0 ? compared < 0 : left < right;
    });
}

} // namespace app::media
