#include "gui/views/theme.h"

#include <QApplication>
#include <QFont>
#include <QPalette>
#include <QStyleFactory>

namespace diorama::gui {
namespace {

const Colours kLight{.canvas = QColor(0xd9d9d6),
                     .window = QColor(0xecece9),
                     .surface = QColor(0xf6f6f4),
                     .raised = QColor(0xfdfdfc),
                     .line = QColor(0xd3d3cf),
                     .frame = QColor(0x83848a),
                     .text = QColor(0x1f2023),
                     .dim = QColor(0x5e6067),
                     .accent = QColor(0x2b5cc4),
                     .onAccent = QColor(0xffffff),
                     .focus = QColor(0x1746b0),
                     .warning = QColor(0x8a5a00),
                     .onWarning = QColor(0x3d2a00),
                     .amber = QColor(0xf6d98b),
                     .error = QColor(0xb3261e),
                     .computed = QColor(0x2b5cc4),
                     .reused = QColor(0x7e838e)};

const Colours kDark{.canvas = QColor(0x0f1012),
                    .window = QColor(0x141518),
                    .surface = QColor(0x1b1c20),
                    .raised = QColor(0x25262b),
                    .line = QColor(0x33353b),
                    .frame = QColor(0x72747d),
                    .text = QColor(0xdcdde0),
                    .dim = QColor(0x94969e),
                    .accent = QColor(0x6d9bf1),
                    .onAccent = QColor(0x0d1626),
                    .focus = QColor(0x9dbdff),
                    .warning = QColor(0xe0b060),
                    .onWarning = QColor(0xf3dca8),
                    .amber = QColor(0x4a3a17),
                    .error = QColor(0xf08a80),
                    .computed = QColor(0x6d9bf1),
                    .reused = QColor(0x64666e)};

constexpr auto kSheet = R"(
* { font-size: %body; outline: 0; }
QMainWindow, QDialog, #page { background: %window; }
#panel, #rail { background: %surface; }
#panel { border: 0; }
QScrollArea, QScrollArea > QWidget > QWidget { background: %surface; border: 0; }
QLabel { background: transparent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QLabel[role="section"] { color: %dim; font-size: %small; font-weight: 600; }
QLabel[role="dim"] { color: %dim; font-size: %small; }
QLabel[role="warning"] { color: %warning; font-size: %small; }
QLabel[role="error"] { color: %error; font-size: %small; }
QLabel[role="title"] { font-size: %title; font-weight: 600; }
QLabel[role="display"] { font-size: %display; font-weight: 600; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {
  background: %raised; color: %text; border: 1px solid %frame; border-radius: 6px;
  padding: 4px 8px; min-height: 22px; selection-background-color: %accent; selection-color: %onAccent; }
QPlainTextEdit { background: %raised; color: %text; border: 1px solid %frame; border-radius: 6px; padding: 6px;
  selection-background-color: %accent; selection-color: %onAccent; }
QLineEdit[wrong="true"], QSpinBox[wrong="true"] { border: 1px solid %error; }
QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled { color: %dim;
  border-color: %line; }
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button { width: 0; border: 0; }
QComboBox::drop-down { border: 0; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/arrow-%scheme.svg); width: 12px; height: 12px; }
QComboBox { combobox-popup: 0; }
QComboBox QAbstractItemView { background: %raised; color: %text; border: 1px solid %frame; outline: 0;
  selection-background-color: %accent; selection-color: %onAccent; }
QPushButton { background: %raised; color: %text; border: 1px solid %frame; border-radius: 6px;
  padding: 5px 12px; min-height: 20px; }
QPushButton:hover, QToolButton:hover { border-color: %dim; }
QPushButton:pressed { background: %line; }
QPushButton:disabled { color: %dim; border-color: %line; }
QPushButton[role="primary"] { background: %accent; color: %onAccent; border: 1px solid %accent; font-weight: 600;
  min-height: 28px; }
QPushButton[role="primary"]:hover { background: %accentHover; }
QPushButton[role="primary"]:disabled { background: %line; color: %dim; border-color: %line; }
QPushButton[role="chip"] { border-radius: 12px; padding: 1px 10px; min-height: 20px; font-size: %small;
  background: transparent; }
QPushButton[role="chip"]:checked { background: %accent; color: %onAccent; border-color: %accent; }
QPushButton[role="swatch"] { border: 2px solid transparent; border-radius: 13px; padding: 0; min-height: 22px;
  min-width: 22px; background: transparent; }
QPushButton[role="swatch"]:hover { border-color: %frame; }
QPushButton[role="swatch"]:checked { border-color: %accent; }
QPushButton[role="link"] { background: transparent; border: 0; padding: 0 2px; min-height: 16px; color: %accent;
  font-size: %small; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="pill"] { background: %accent; color: %onAccent; border: 1px solid %accent; border-radius: 14px;
  padding: 3px 14px; font-weight: 600; }
QPushButton[role="segment"] { border-radius: 0; padding: 3px 4px; margin: 0; }
QPushButton[role="segment"]:checked { background: %accent; color: %onAccent; border-color: %accent; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:checked { background: %raised; border-color: %line; }
QToolButton[role="disclosure"] { color: %dim; padding: 2px 4px; }
#rail QToolButton { border-radius: 8px; padding: 6px 2px; font-size: %small; color: %dim; }
#rail QToolButton:checked { color: %text; background: %raised; border-color: %line; }
QListView { background: transparent; border: 0; outline: 0; color: %text; }
QListView::item:selected { background: %accentSoft; color: %text; border-radius: 6px; }
QSplitter::handle { background: %line; }
QSplitter::handle:horizontal { width: 1px; }
QProgressBar { background: %line; border: 0; border-radius: 2px; max-height: 4px; text-align: center; }
QProgressBar::chunk { background: %accent; border-radius: 2px; }
QSlider::groove:horizontal { background: %frame; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: %accent; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %frame; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 2px; }
QScrollBar::handle:hover { background: %dim; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; color: %text; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; background: %raised;
  border: 1px solid %frame; border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: %accent; border-color: %accent; image: url(:/icons/check-%scheme.svg); }
QRadioButton::indicator:checked { width: 6px; height: 6px; background: %onAccent; border: 5px solid %accent; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: %accent; }
QCheckBox:disabled, QRadioButton:disabled { color: %dim; }
QToolTip { background: %raised; color: %text; border: 1px solid %frame; padding: 2px 4px; }
QMenu { background: %raised; color: %text; border: 1px solid %frame; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::indicator { width: 12px; height: 12px; left: 6px; }
QMenu::indicator:checked { image: url(:/icons/check-%contrary.svg); }
QMenu::item:selected { background: %accent; color: %onAccent; }
QMenu::item:disabled { color: %dim; }
QMenu::separator { height: 1px; background: %line; margin: 4px 8px; }
#card { background: %surface; border: 1px solid %line; border-radius: 8px; }
#toast { background: %raised; border: 1px solid %frame; border-radius: 8px; }
#paused { background: %amber; }
#paused QLabel { color: %onWarning; }
#dropTarget { background: %accentSoft; border: 2px dashed %accent; border-radius: 8px; }
#dropTarget QLabel { color: %text; }
#divider { background: %line; max-height: 1px; min-height: 1px; }
QTextBrowser { background: %surface; color: %text; border: 1px solid %line; border-radius: 6px; }
)";

QString sheetOf(const Colours& c, bool dark) {
  const QList<std::pair<QString, QString>> tokens{
      {"%accentSoft", mixed(c.surface, c.accent, 0.25).name()},
      {"%accentHover", mixed(c.accent, c.text, 0.12).name()},
      {"%accent", c.accent.name()},
      {"%onAccent", c.onAccent.name()},
      {"%window", c.window.name()},
      {"%surface", c.surface.name()},
      {"%raised", c.raised.name()},
      {"%line", c.line.name()},
      {"%frame", c.frame.name()},
      {"%text", c.text.name()},
      {"%dim", c.dim.name()},
      {"%warning", c.warning.name()},
      {"%onWarning", c.onWarning.name()},
      {"%amber", c.amber.name()},
      {"%error", c.error.name()},
      {"%scheme", dark ? QStringLiteral("dark") : QStringLiteral("light")},
      {"%contrary", dark ? QStringLiteral("light") : QStringLiteral("dark")},
      {"%small", QStringLiteral("%1px").arg(type::kSmall)},
      {"%body", QStringLiteral("%1px").arg(type::kBody)},
      {"%title", QStringLiteral("%1px").arg(type::kTitle)},
      {"%display", QStringLiteral("%1px").arg(type::kDisplay)}};
  QString sheet = QString::fromLatin1(kSheet);
  for (const auto& [token, value] : tokens) sheet.replace(token, value);
  return sheet;
}

QPalette paletteOf(const Colours& c) {
  QPalette palette(c.text, c.raised, c.line, c.line, c.line, c.text, c.onAccent, c.raised, c.window);
  palette.setColor(QPalette::Highlight, c.accent);
  palette.setColor(QPalette::HighlightedText, c.onAccent);
  palette.setColor(QPalette::PlaceholderText, c.dim);
  palette.setColor(QPalette::Link, c.accent);
  palette.setColor(QPalette::ToolTipBase, c.raised);
  palette.setColor(QPalette::ToolTipText, c.text);
  palette.setColor(QPalette::Disabled, QPalette::Text, c.dim);
  palette.setColor(QPalette::Disabled, QPalette::WindowText, c.dim);
  palette.setColor(QPalette::Disabled, QPalette::ButtonText, c.dim);
  return palette;
}

}  // namespace

QColor mixed(const QColor& a, const QColor& b, double shareOfB) {
  const auto mix = [&](int x, int y) { return static_cast<int>(x + shareOfB * (y - x) + 0.5); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

Theme& Theme::instance() {
  static Theme theme;
  return theme;
}

const Colours& Theme::colours() const {
  return dark_ ? kDark : kLight;
}

void Theme::apply(bool dark) {
  dark_ = dark;
  QApplication::setStyle(QStyleFactory::create("Fusion"));
  QApplication::setPalette(paletteOf(colours()));
  QFont font = QApplication::font();
  font.setPixelSize(type::kBody);
  QApplication::setFont(font);
  qApp->setStyleSheet(sheetOf(colours(), dark));
  emit changed();
}

}  // namespace diorama::gui
