// The one object that holds what is asked about and through what: every view listens to it, none to another view.
// Pointing previews, a click locks, releasing unlocks. What is changed on purpose can be undone. Interface thread.
#pragma once

#include "app/document/attention_map.h"
#include "app/document/look.h"

#include <QObject>
#include <QUndoStack>

namespace app::document {

// What stays when the mouse moves on: a value, compared and undone as a whole, saved in sessions.
struct View {
    MapQuestion question; // its elements are what is locked; empty: nothing is
    Look look;

    bool operator==(const View&) const = default;
};

class Selection : public QObject {
    Q_OBJECT

public:
    explicit Selection(QObject* parent = nullptr);

    const View& view() const { return m_view; }
    bool locked() const { return !m_view.question.elements.empty(); }
    // What the views ask now: what is pointed at, else what is locked, else what the scene begins with. Nothing where
    // none of them has an element.
    std::optional<MapQuestion> asked() const;
    bool previews() const { return !m_hovered.empty() && !locked(); }
    const std::vector<uint32_t>& hovered() const { return m_hovered; }

    // Undone by one step of undo(); changes of one name right after each other are one step.
    void change(const View& view, const QString& name);
    void setLook(const Look& look, const QString& name);
    void setDirection(Direction direction); // what is locked stays if the direction starts at the same part
    void point(Part part, std::vector<uint32_t> elements); // ignored while something is locked
    void leave();
    void lock(Part part, std::vector<uint32_t> elements, bool add);
    bool release(); // false when nothing was locked
    // Elements that are asked about while nothing is pointed at or locked, by part. A new scene: forgets the rest.
    void begin(std::array<std::vector<uint32_t>, 3> defaults);

    QUndoStack& undo() { return m_undo; }

signals:
    void viewChanged(); // direction, heads, layers, what is locked, how it is drawn
    void askedChanged();

private:
    void apply(const View& view);
    friend class ViewCommand;

    View m_view;
    Part m_hoveredPart = Part::Inputs;
    std::vector<uint32_t> m_hovered;
    std::array<std::vector<uint32_t>, 3> m_defaults;
    QUndoStack m_undo;
};

// The direction in which elements of a part are asked about while `chosen` is: chosen itself if it starts there.
Direction directionFrom(Part part, Direction chosen);

} // namespace app::document
