// A view as JSON, for sessions: what is asked, what is locked, how it is drawn. Any thread.
#pragma once

#include "app/document/selection.h"

#include <nlohmann/json_fwd.hpp>

namespace app::document {

nlohmann::json toJson(const View& view);
// What is missing, unknown or out of its range is as in a new view: a session may come from another version.
View viewFrom(const nlohmann::json& json);

} // namespace app::document
