#include "gui/views/welcome.h"

#include <algorithm>

#include "gui/views/form.h"
#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

constexpr int kTextWidth = 380;  // pixels

// A layout asks a label that wraps its words for its size before it knows the width.
void fit(QLabel& words) {
  words.setMinimumHeight(std::max(0, words.heightForWidth(kTextWidth)));
}

QLabel* paragraph(const QString& text, const char* role = nullptr) {
  QLabel* words = label(text, role);
  words->setWordWrap(true);
  words->setFixedWidth(kTextWidth);
  fit(*words);
  return words;
}

}  // namespace

QString firstPrompt(const ModelFacts& facts) {
  const auto nth = [](const QStringList& words, int n) { return words.value(n, words.value(0)); };
  return QString(facts.pattern)
      .replace("{subject}", nth(facts.subjects, 1))
      .replace("{style}", nth(facts.styles, 1))
      .replace("{background}", nth(facts.backgrounds, 5));
}

Welcome::Welcome(Session& session)
    : session_(session),
      title_(label({}, "display")),
      text_(paragraph({})),
      first_(button(tr("Paint a first picture"), {}, "primary")),
      ways_(new QWidget) {
  setObjectName("card");
  setAttribute(Qt::WA_StyledBackground);
  first_->setObjectName("welcomeButton");
  auto* import = button(tr("Choose a model folder…"), "folder", "primary");
  import->setObjectName("welcomeImport");
  auto* models = button(tr("Open the Models page"), "models");
  auto* ways = makeColumn(ways_, space::kSmall);
  ways->addWidget(
      paragraph(tr("What works: PixArt-α and PixArt-Σ, which paint from text, and DiT, which paints "
                   "classes, in the diffusers layout, as they are published."),
                "dim"));
  ways->addWidget(paragraph(tr("Download one, for example with:"), "dim"));
  auto* command = paragraph(
      QStringLiteral("huggingface-cli download PixArt-alpha/PixArt-XL-2-512x512 --local-dir pixart-512"));
  command->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  command->setAccessibleName(tr("Command that downloads a model"));
  ways->addWidget(command);
  ways->addWidget(paragraph(tr("Then choose its folder, or drop it on this window."), "dim"));
  ways->addLayout(makeRow({import, models}));
  auto* layout = makeColumn(this, space::kMedium);
  layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kHuge);
  for (QWidget* widget :
       {static_cast<QWidget*>(title_), static_cast<QWidget*>(text_), static_cast<QWidget*>(first_), ways_})
    layout->addWidget(widget);
  connect(first_, &QPushButton::clicked, this, &Welcome::firstWanted);
  connect(import, &QPushButton::clicked, this, &Welcome::importWanted);
  connect(models, &QPushButton::clicked, this, &Welcome::modelsWanted);
  connect(&session.models(), &ModelsModel::modelRead, this, &Welcome::showState);
  connect(&session.models(), &ModelsModel::allRead, this, &Welcome::showState);
  connect(&session.models(), &QAbstractItemModel::rowsRemoved, this, &Welcome::showState);
  connect(&session, &Session::readinessChanged, this, &Welcome::showState);
  showState();
}

void Welcome::showState() {
  const ModelFacts* facts = session_.model();
  const bool isReady = facts != nullptr && facts->usable();
  const bool hasAny = session_.models().hasUsable();
  const bool isNone = !hasAny && !session_.models().isReading();
  first_->setVisible(isReady);
  ways_->setVisible(isNone);
  title_->setText(isNone ? tr("No model yet") : tr("Welcome to Diorama"));
  if (isReady)
    text_->setText(
        tr("Describe a picture and Diorama paints it, entirely on this computer. Watch each step "
           "appear, go back to any of them, and branch off."));
  else if (hasAny)
    text_->setText(tr("Choose a model in the list above the prompt."));
  else if (isNone)
    text_->setText(tr("Diorama paints with a model, and found none where it looks."));
  else
    text_->setText(tr("Looking for models…"));
  fit(*text_);
}

}  // namespace diorama::gui
