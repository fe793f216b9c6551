// The one place for colours, type and spacing. Quiet surfaces: the picture is the brightest thing.
#pragma once

#include <QColor>
#include <QObject>

namespace diorama::gui {

struct Colours {
  QColor canvas;   // around the picture
  QColor window;   // behind panels
  QColor surface;  // panels
  QColor raised;   // fields and buttons
  QColor line;     // between surfaces
  QColor frame;    // of fields, buttons and boxes: 3:1 against what they stand on
  QColor text, dim;
  QColor accent, onAccent;
  QColor focus;               // the ring: 3:1 against surfaces
  QColor warning, onWarning;  // of amber text, and of text on an amber ground
  QColor amber;
  QColor error;
  QColor computed, reused;  // cells of the strip, 3:1 against the window; what lies between is mixed
};

// Pixels: a grid of 4.
namespace space {
inline constexpr int kTight = 4;
inline constexpr int kSmall = 8;
inline constexpr int kMedium = 12;
inline constexpr int kLarge = 16;
inline constexpr int kHuge = 24;
}  // namespace space

namespace type {
inline constexpr int kSmall = 11;
inline constexpr int kBody = 13;
inline constexpr int kTitle = 16;
inline constexpr int kDisplay = 22;
}  // namespace type

class Theme : public QObject {
  Q_OBJECT

 public:
  static Theme& instance();

  bool isDark() const { return dark_; }
  const Colours& colours() const;
  // Palette, font and style sheet of the whole program.
  void apply(bool dark);

 signals:
  void changed();

 private:
  bool dark_ = false;
};

QColor mixed(const QColor& a, const QColor& b, double shareOfB);

}  // namespace diorama::gui
