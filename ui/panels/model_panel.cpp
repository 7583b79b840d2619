#include "ui/panels/model_panel.h"

#include "ui/panels/model_figure_view.h"
#include "ui/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QTextBrowser>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

namespace ui {

namespace {

// A card may come with a checkpoint of unknown origin: it loads no file and no picture.
class Card : public QTextBrowser {
public:
    using QTextBrowser::loadResource;
    QVariant loadResource(int, const QUrl&) override { return {}; }
};

QLabel* label(const char* name)
{
    auto* made = new QLabel;
    made->setObjectName(name);
    made->setWordWrap(true);
    return made;
}

} // namespace

ModelPanel::ModelPanel(QWidget* parent)
    : QWidget(parent)
    , m_nothing(label("quiet"))
    , m_lesson(label("quiet"))
    , m_figure(new ModelFigureView)
    , m_costs(new QGridLayout)
    , m_cardHead(new QToolButton)
    , m_card(new Card)
    , m_scroll(new QScrollArea)
{
    m_nothing->setText(tr("The model is drawn here."));
    m_lesson->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_lesson->installEventFilter(this);
    m_lesson->setAccessibleName(tr("About the part that is pointed at"));
    connect(m_figure, &ModelFigureView::pointed, this, [this](const QString& sentence) {
        m_lesson->setText(sentence.isEmpty() ? tr("Point at a part to read what it does.") : sentence);
    });
    m_costs->setHorizontalSpacing(2 * kSpace);
    m_costs->setVerticalSpacing(kSpace / 2);
    m_costs->setColumnStretch(1, 1);

    m_cardHead->setText(tr("About this model"));
    m_cardHead->setCheckable(true);
    m_cardHead->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cardHead->setAutoRaise(true);
    connect(m_cardHead, &QToolButton::toggled, this, &ModelPanel::openCard);
    m_card->setOpenLinks(false);
    m_card->setOpenExternalLinks(false);
    m_card->setFrameShape(QFrame::NoFrame);
    m_card->viewport()->setAutoFillBackground(false);
    m_card->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_card->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_card->setAccessibleName(tr("The model's card"));
    m_card->installEventFilter(this);
    connect(m_card, &QTextBrowser::anchorClicked, this, &ModelPanel::linkAsked);
    openCard(false);

    auto* inside = new QWidget;
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(kPanelEdge, kPanelEdge, kPanelEdge, kPanelEdge);
    column->setSpacing(kSpace);
    column->addWidget(m_figure);
    column->addWidget(m_lesson);
    column->addLayout(m_costs);
    column->addWidget(m_cardHead, 0, Qt::AlignLeft);
    column->addWidget(m_card);
    column->addStretch();
    m_scroll->setWidget(inside);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_nothing->setMargin(kPanelEdge);
    layout->addWidget(m_nothing);
    layout->addWidget(m_scroll, 1);
    layout->addStretch();
    showNothing();
}

void ModelPanel::showModel(
    const app::document::ModelFacts& facts, const QString& cardMarkdown, uint64_t deviceBytes)
{
    m_figure->setFacts(facts);
    m_lesson->setText(tr("Point at a part to read what it does."));
    fitLesson();
    showCosts(facts, deviceBytes);
    m_card->document()->setMarkdown(cardMarkdown,
        QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) | QTextDocument::MarkdownNoHTML);
    m_cardHead->setVisible(!cardMarkdown.trimmed().isEmpty());
    openCard(m_cardHead->isChecked());
    m_nothing->hide();
    m_scroll->show();
}

void ModelPanel::showNothing()
{
    m_scroll->hide();
    m_nothing->show();
}

void ModelPanel::showCosts(const app::document::ModelFacts& facts, uint64_t deviceBytes)
{
    while (QLayoutItem* item = m_costs->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    for (const auto& [name, value] : modelCosts(facts, deviceBytes)) {
        auto* left = label("quiet");
        left->setText(name);
        left->setWordWrap(false);
        auto* right = label("cost");
        right->setText(value);
        right->setAccessibleName(tr("%1: %2").arg(name, value));
        right->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        m_costs->addWidget(left, row, 0);
        m_costs->addWidget(right, row++, 1);
    }
}

void ModelPanel::openCard(bool open)
{
    m_cardHead->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_card->setVisible(open && !m_card->document()->isEmpty());
    fitCard();
}

void ModelPanel::fitCard()
{
    m_card->document()->setTextWidth(m_card->viewport()->width());
    m_card->setFixedHeight(int(std::ceil(m_card->document()->size().height())) + 2);
}

void ModelPanel::fitLesson()
{
    int height = 0;
    for (const FigurePart part : figureParts(m_figure->facts())) {
        const QRect room(0, 0, m_lesson->width(), 10000);
        const QRect text
            = m_lesson->fontMetrics().boundingRect(room, Qt::TextWordWrap, partSentence(m_figure->facts(), part));
        height = std::max(height, text.height());
    }
    m_lesson->setMinimumHeight(height);
}

bool ModelPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_card && (event->type() == QEvent::Resize || event->type() == QEvent::Show))
        fitCard();
    if (watched == m_lesson && event->type() == QEvent::Resize)
        fitLesson();
    if (watched == m_card && event->type() == QEvent::Wheel) { // the panel scrolls, not the card
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

QImage ModelPanel::figure(QSize size, qreal ratio) const
{
    return m_figure->image(size, ratio);
}

} // namespace ui
