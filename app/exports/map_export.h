// What a view shows, in a file, by extension: .png, .svg and .pdf show picture, scale and caption; .csv
// (row,column,weight with 9 digits, which give back the same float32; or the names of other numbers in place of weight)
// and .npy (float32, the map's shape; [H, W] or [H, W, K] of other numbers) hold what is drawn. A file is there whole
// or not at all. Any thread; .png, .svg and .pdf need a QGuiApplication for their letters. A format more: a function
// and a line of the table in map_export.cpp.
#pragma once

#include "app/exports/shown_map.h"
#include "engine/base/result.h"

#include <filesystem>

class QTemporaryDir;

namespace app::exports {

// Usage for another extension, or where the view has nothing of what the format holds; InputOutput where the file
// cannot be written.
engine::Result<void> exportMap(const std::filesystem::path& path, const ShownMap& shown);
// Whether exportMap would take this name: Usage names the five. And whether that has letters in it.
engine::Result<void> checkExportName(const std::filesystem::path& path);
bool hasLetters(const std::filesystem::path& path);

// The page as .png has it, for the clipboard; null where there is nothing to show.
QImage pagePicture(const ShownMap& shown);

// A file in `folder`, to be dragged out of the window; it goes with the folder. `name` with its extension; what a
// file's name cannot hold is replaced, and a file that is there already stays ("map.png", then "map 2.png").
engine::Result<std::filesystem::path> temporaryExport(
    const QTemporaryDir& folder, const QString& name, const ShownMap& shown);

} // namespace app::exports
