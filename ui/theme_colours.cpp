#include "ui/theme_colours.h"

namespace ui {

const Colours& darkColours()
{
    static const Colours colours {.ground = "#15171c",
        .surface = "#1c2027",
        .raised = "#252a33",
        .hover = "#2e3540",
        .chosen = "#203648",
        .line = "#313844",
        .edge = "#77818f",
        .text = "#e6e9ee",
        .quiet = "#9ba5b2",
        .faint = "#69727f",
        .accent = "#5bb8f5",
        .onAccent = "#0d1722"};
    return colours;
}

const Colours& lightColours()
{
    static const Colours colours {.ground = "#f3f5f7",
        .surface = "#ffffff",
        .raised = "#f5f6f8",
        .hover = "#e7ebf0",
        .chosen = "#dcebf8",
        .line = "#d3d9e0",
        .edge = "#7b8592",
        .text = "#1c2128",
        .quiet = "#566170",
        .faint = "#8a939f",
        .accent = "#12609e",
        .onAccent = "#ffffff"};
    return colours;
}

QPalette paletteOf(const Colours& colours)
{
    QPalette p;
    const auto set = [&p](std::initializer_list<QPalette::ColorRole> roles, const QColor& colour) {
        for (const auto role : roles)
            p.setColor(role, colour);
    };
    // Every role, so that nothing of the desktop's palette shines through.
    set({QPalette::Window, QPalette::AlternateBase}, colours.ground);
    set({QPalette::Base, QPalette::ToolTipBase}, colours.surface);
    set({QPalette::Button}, colours.raised);
    set({QPalette::Midlight}, colours.hover);
    set({QPalette::Mid, QPalette::Light}, colours.line);
    set({QPalette::Dark}, colours.edge);
    set({QPalette::Shadow}, Qt::black);
    set({QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText, QPalette::BrightText},
        colours.text);
    set({QPalette::PlaceholderText}, colours.quiet);
    set({QPalette::Highlight, QPalette::Link, QPalette::LinkVisited}, colours.accent);
    set({QPalette::HighlightedText}, colours.onAccent);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        p.setColor(QPalette::Disabled, role, colours.faint);
    p.setColor(QPalette::Disabled, QPalette::Highlight, colours.line);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, colours.quiet);
    return p;
}

} // namespace ui
