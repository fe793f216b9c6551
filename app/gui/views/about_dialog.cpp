#include "gui/views/about_dialog.h"

#include <QDialogButtonBox>
#include <QIcon>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "gui/views/theme.h"
#include "gui/views/widgets.h"

namespace diorama::gui {
namespace {

struct Component {
  const char* name;
  const char* license;
  const char* url;
};

constexpr Component kComponents[] = {
    {"Qt 6", "LGPL 3", "https://www.qt.io"},
    {"oneDNN", "Apache 2.0", "https://github.com/oneapi-src/oneDNN"},
    {"SentencePiece", "Apache 2.0", "https://github.com/google/sentencepiece"},
    {"nlohmann/json", "MIT", "https://github.com/nlohmann/json"},
    {"{fmt}", "MIT", "https://github.com/fmtlib/fmt"},
    {"volk", "MIT", "https://github.com/zeux/volk"},
    {"Vulkan headers and loader", "Apache 2.0", "https://github.com/KhronosGroup"},
    {"stb", "MIT or public domain", "https://github.com/nothings/stb"},
    {"zlib", "zlib licence", "https://zlib.net"},
    {"SQLite", "public domain", "https://sqlite.org"},
};

QString licences() {
  QString html = AboutDialog::tr(
      "<p>Diorama's own code: MIT licence. The model that ships: its own card, in its folder.</p>");
  html += QStringLiteral("<table cellspacing='6'>");
  for (const Component& part : kComponents)
    html += QStringLiteral("<tr><td>%1</td><td>%2</td><td>%3</td></tr>")
                .arg(QLatin1String(part.name), QLatin1String(part.license), QLatin1String(part.url));
  return html + QStringLiteral("</table>");
}

}  // namespace

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
  constexpr int kIcon = 72;
  setWindowTitle(tr("About Diorama"));
  auto* picture = new QLabel;
  picture->setPixmap(QIcon(":/icons/diorama.svg").pixmap(kIcon, kIcon));
  auto* words = new QVBoxLayout;
  words->addWidget(label(tr("Diorama %1").arg(QLatin1String(DIORAMA_VERSION)), "display"));
  words->addWidget(label(tr("Paints pictures from text with diffusion transformers, on this machine.")));
  words->addStretch();
  auto* head = new QHBoxLayout;
  head->setSpacing(space::kLarge);
  head->addWidget(picture);
  head->addLayout(words, 1);
  auto* text = new QTextBrowser;
  text->setAccessibleName(tr("Licences"));
  text->setHtml(licences());
  text->setMinimumSize(520, 280);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(space::kHuge, space::kHuge, space::kHuge, space::kLarge);
  layout->setSpacing(space::kLarge);
  layout->addLayout(head);
  layout->addWidget(text, 1);
  layout->addWidget(buttons);
}

}  // namespace diorama::gui
