#include "ui/scenes/text_scene.h"

#include "app/views/map_picture.h"
#include "ui/scenes/text_edit.h"
#include "ui/theme.h"

#include <QGuiApplication>
#include <QLabel>
#include <QPalette>
#include <QSplitter>
#include <QVBoxLayout>
#include <algorithm>

namespace ui {

using namespace app::document;

TextScene::TextScene(Document& document, QWidget* parent)
    : SceneView(document, parent), m_edit(new TextEdit), m_bars(new ByteBars), m_hint(new QLabel)
{
    m_edit->setAccessibleName(tr("The text"));
    m_hint->setObjectName("quiet");
    m_hint->setContentsMargins(3 * kSpace, kSpace, 3 * kSpace, kSpace);
    m_hint->setWordWrap(true);
    m_hint->setText(
        tr("Ctrl+M hides what is selected, or shows it again · Ctrl+Return asks · click a byte to keep its map · "
           "[MASK] is a hidden byte, too · here Alt goes with the keys 1 to 5, K, P …"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* split = new QSplitter(Qt::Vertical);
    split->addWidget(m_edit);
    split->addWidget(m_bars);
    split->setSizes({300, 200});
    split->setHandleWidth(kSpace / 2);
    layout->addWidget(m_hint);
    layout->addWidget(split, 1);
    const auto left = [this] {
        m_document.selection().leave();
        emit readout({});
    };
    const auto lock = [this](qint64 byte, bool add) {
        if (const auto token = tokenAt(byte))
            m_document.selection().lock(partAsked(), {*token}, add);
    };
    connect(m_edit, &TextEdit::pointed, this, &TextScene::point);
    connect(m_edit, &TextEdit::left, this, left);
    connect(m_edit, &TextEdit::clicked, this, lock);
    connect(m_bars, &ByteBars::pointed, this, &TextScene::point);
    connect(m_bars, &ByteBars::left, this, left);
    connect(m_bars, &ByteBars::clicked, this, lock);
    connect(m_edit, &TextEdit::edited, this, [this] {
        m_stale = true;
        m_bars->setText({}, {});
    });
}

std::optional<uint32_t> TextScene::tokenAt(int64_t byte) const
{
    if (m_stale || !m_document.analysis())
        return {};
    return tokenOfByte(*m_document.analysis(), byte);
}

// A byte is an input, and with a model that writes bytes an output as well.
Part TextScene::partAsked() const
{
    const Part from = fromOf(m_document.selection().view().question.direction);
    if (from == Part::Outputs && m_document.analysis()->outputs > 1)
        return Part::Outputs;
    return Part::Inputs;
}

void TextScene::point(qint64 byte)
{
    QString text = tr("byte %1  %2").arg(byte).arg(m_edit->glyphAt(byte));
    if (const auto token = tokenAt(byte)) {
        const Part part = partAsked();
        if (fromOf(m_document.selection().view().question.direction) == part)
            m_document.selection().point(part, {*token});
        const ShownMap map = shownMap(m_document);
        if (!map.empty() && map.over != Part::Latents && size_t(*token) < map.weights.values.size())
            text += tr("   weight %1   rank %2 of %3")
                        .arg(weightText(double(map.weights.values[*token])))
                        .arg(app::views::rankOf(map.weights.values, *token))
                        .arg(map.weights.size());
    }
    emit readout(text);
}

void TextScene::forgetMap()
{
    m_bars->setRows({});
    m_edit->setWeights({}, {});
}

void TextScene::ask()
{
    m_document.changeText(m_edit->bytes(), m_edit->masks());
    m_stale = false;
    if (!m_document.analysis()) { // another text
        forgetMap();
        m_edit->setMarks({});
    }
    m_document.run();
}

void TextScene::toggleMask()
{
    m_edit->toggleMask();
}

void TextScene::fill(const engine::tasks::MaskedByte& masked, int byte)
{
    if (m_stale || byte < 0 || !m_document.analysis())
        return;
    const auto [first, end] = bytesOfToken(*m_document.analysis(), size_t(masked.token));
    std::string text = m_edit->bytes();
    text.replace(size_t(first), size_t(end - first), 1, char(byte));
    std::vector<TextEdit::Bytes> masks;
    const int64_t shorter = end - first - 1;
    for (auto [from, to] : m_edit->masks()) {
        const auto moved = [&](int64_t b) { return b >= end ? b - shorter : b; };
        if (from <= first && to >= end) { // the filled byte is shown; what was hidden about it stays so
            if (from < first)
                masks.emplace_back(from, first);
            if (to > end)
                masks.emplace_back(moved(end), moved(to));
        } else {
            masks.emplace_back(moved(from), moved(to));
        }
    }
    m_edit->setPlainText(QString::fromUtf8(text.data(), qsizetype(text.size())));
    m_edit->setMasks(masks);
    ask();
}

void TextScene::showInput()
{
    const Question& question = m_document.question();
    m_edit->setPlainText(QString::fromUtf8(question.text.data(), qsizetype(question.text.size())));
    m_edit->setMasks(question.masks);
    forgetMap();
    m_edit->setMarks({});
    m_bars->setText({}, {});
    m_stale = false;
    // What is no UTF-8 was replaced: the question is about the text as it is shown.
    if (m_edit->bytes() != question.text)
        m_document.changeText(m_edit->bytes(), question.masks);
}

void TextScene::showAnswer()
{
    if (!m_stale)
        m_bars->setText(m_document.question().text, m_document.question().masks);
    showMap();
}

void TextScene::showMap()
{
    if (m_stale)
        return;
    const Look& look = m_document.selection().view().look;
    const ShownMap map = shownMap(m_document);
    m_edit->setAccessibleDescription(map.sentence);
    std::vector<TextEdit::Bytes> marks;
    if (const auto& analysis = m_document.analysis())
        if (const auto asked = m_document.selection().asked(); asked && fromOf(asked->direction) != Part::Latents
            && (fromOf(asked->direction) == Part::Inputs || analysis->outputs > 1))
            for (const uint32_t token : asked->elements)
                if (const auto bytes = bytesOfToken(*analysis, token); bytes.first >= 0) {
                    if (!marks.empty() && marks.back().second == bytes.first)
                        marks.back().second = bytes.second; // neighbours in one frame
                    else
                        marks.push_back(bytes);
                }
    m_edit->setMarks(std::move(marks));
    const auto& analysis = m_document.analysis();
    if (!look.overlay || map.empty() || map.over == Part::Latents || !analysis
        || map.weights.values.size() < analysis->byteOfToken.size())
        return forgetMap();
    ByteBars::Row shown = weightsOf(map);
    m_edit->setWeights(shown.shown, shown.colour); // A, B or A - B, as the Map panel says; beneath are all three
    if (!comparable(m_document))
        return m_bars->setRows({std::move(shown)});
    const std::pair<Compare, QString> all[]
        = {{Compare::A, tr("A")}, {Compare::B, tr("B")}, {Compare::Difference, tr("A−B")}};
    std::vector<ByteBars::Row> rows;
    for (const auto& [which, name] : all) {
        rows.push_back(weightsOf(shownMap(m_document, which)));
        rows.back().name = name;
    }
    m_bars->setRows(std::move(rows));
}

ByteBars::Row TextScene::weightsOf(const ShownMap& map) const
{
    const Analysis& analysis = *m_document.analysis();
    // The framing of the text has weight of its own and no place: the scale is that of the bytes.
    engine::HostTensor ofBytes = map.weights;
    for (size_t t = 0; t < analysis.byteOfToken.size(); ++t)
        if (analysis.byteOfToken[t] < 0)
            ofBytes.values[t] = 0;
    const auto scale = app::views::scaleFor(map.colours, map.scale);
    const std::vector<float> shown = app::views::normalised(ofBytes.values, scale, map.top);
    ByteBars::Row row{.fromMiddle = scale.symmetric};
    row.shown.assign(size_t(analysis.textBytes), scale.symmetric ? 0.5f : 0.0f);
    for (size_t t = 0; t < analysis.byteOfToken.size(); ++t) {
        const auto [first, end] = bytesOfToken(analysis, t);
        for (int64_t b = first; b >= 0 && b < end && b < analysis.textBytes; ++b)
            row.shown[size_t(b)] = shown[t];
    }
    const QColor ground = QGuiApplication::palette().color(QPalette::Base);
    const float opacity = m_document.selection().view().look.opacity;
    const auto colours = map.colours;
    row.colour = [=](float weight) {
        const QColor full = app::views::colourAt(colours, weight);
        const float a = opacity * (scale.symmetric ? std::abs(2 * weight - 1) : std::sqrt(weight));
        const auto mixed = [a](float from, float to) { return from + (to - from) * a; };
        return QColor::fromRgbF(mixed(ground.redF(), full.redF()), mixed(ground.greenF(), full.greenF()),
            mixed(ground.blueF(), full.blueF()));
    };
    return row;
}

} // namespace ui
