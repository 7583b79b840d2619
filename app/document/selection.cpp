#include "app/document/selection.h"

#include <QUndoCommand>
#include <algorithm>

namespace app::document {

class ViewCommand : public QUndoCommand {
public:
    ViewCommand(Selection& selection, View before, View after, const QString& name)
        : QUndoCommand(name), m_selection(selection), m_before(std::move(before)), m_after(std::move(after))
    {
    }

    void undo() override { m_selection.apply(m_before); }
    void redo() override { m_selection.apply(m_after); }
    int id() const override { return 1; }
    bool mergeWith(const QUndoCommand* next) override
    {
        if (next->text() != text())
            return false;
        m_after = static_cast<const ViewCommand*>(next)->m_after;
        return true;
    }

private:
    Selection& m_selection;
    View m_before, m_after;
};

Direction directionFrom(Part part, Direction chosen)
{
    if (fromOf(chosen) == part)
        return chosen;
    return part == Part::Latents ? Direction::LatentToInputs
        : part == Part::Inputs   ? Direction::InputToLatents
                                 : Direction::OutputToInputs;
}

Selection::Selection(QObject* parent) : QObject(parent) { }

std::optional<MapQuestion> Selection::asked() const
{
    MapQuestion question = m_view.question;
    if (question.elements.empty() && !m_hovered.empty()) {
        question.direction = directionFrom(m_hoveredPart, question.direction);
        question.elements = m_hovered;
    }
    if (question.elements.empty())
        question.elements = m_defaults[size_t(fromOf(question.direction))];
    if (question.elements.empty())
        return {};
    return question;
}

void Selection::apply(const View& view)
{
    if (view == m_view)
        return;
    const bool other = view.question != m_view.question;
    m_view = view;
    emit viewChanged();
    if (other)
        emit askedChanged();
}

void Selection::setLook(const Look& look, const QString& name)
{
    View view = m_view;
    view.look = look;
    change(view, name);
}

void Selection::change(const View& view, const QString& name)
{
    if (view != m_view)
        m_undo.push(new ViewCommand(*this, m_view, view, name));
}

void Selection::setDirection(Direction direction)
{
    // What is pointed at starts elsewhere: it would go on being asked, and the direction show nothing until the mouse left.
    const bool dropped = !m_hovered.empty() && m_hoveredPart != fromOf(direction);
    if (dropped)
        m_hovered.clear();
    View view = m_view;
    if (fromOf(direction) != fromOf(view.question.direction))
        view.question.elements.clear();
    view.question.direction = direction;
    if (view != m_view)
        change(view, tr("direction"));
    else if (dropped)
        emit askedChanged();
}

void Selection::point(Part part, std::vector<uint32_t> elements)
{
    if (locked() || (part == m_hoveredPart && elements == m_hovered))
        return;
    m_hoveredPart = part;
    m_hovered = std::move(elements);
    emit askedChanged();
}

void Selection::leave()
{
    if (m_hovered.empty())
        return;
    m_hovered.clear();
    if (!locked())
        emit askedChanged();
}

void Selection::lock(Part part, std::vector<uint32_t> elements, bool add)
{
    if (elements.empty())
        return;
    View view = m_view;
    const Direction direction = directionFrom(part, view.question.direction);
    if (add && direction == view.question.direction)
        elements.insert(elements.end(), view.question.elements.begin(), view.question.elements.end());
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    view.question.direction = direction;
    view.question.elements = std::move(elements);
    m_hovered.clear();
    change(view, add ? tr("adding to the selection") : tr("selection"));
}

bool Selection::release()
{
    if (!locked())
        return false;
    View view = m_view;
    view.question.elements.clear();
    change(view, tr("unlocking"));
    return true;
}

void Selection::begin(std::array<std::vector<uint32_t>, 3> defaults)
{
    m_defaults = std::move(defaults);
    m_hovered.clear();
    m_view.question.elements.clear();
    m_undo.clear();
    emit viewChanged();
    emit askedChanged();
}

} // namespace app::document
