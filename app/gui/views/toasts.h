// Messages laid over the lower left of a page: one event, one card with its own icon and actions. Nothing
// else moves when one comes or goes.
#pragma once

#include <QDateTime>
#include <QList>
#include <QPointer>
#include <QTimer>
#include <QVBoxLayout>
#include <QWidget>
#include <functional>

namespace diorama::gui {

struct ToastAction {
  QString text;
  std::function<void()> act;
};

struct Notice {
  // A note leaves by itself; an error stays until it is closed, a question until it is answered.
  enum class Kind { note, error, question };

  Kind kind = Kind::note;
  QString text;
  QString advice;  // may be empty
  QList<ToastAction> actions;
  QString topic;   // takes the place of what is shown of the same topic; empty: of nothing
  QDateTime when;  // filled in by Toasts
};

class Toast : public QWidget {
  Q_OBJECT

 public:
  // A note leaves after so long, unless the pointer or the focus is on it.
  Toast(const Notice& notice, int noteMilliseconds);

  const Notice& notice() const { return notice_; }
  // As high as its words, once the style is known.
  void fit();
  void restart();

 signals:
  void finished();

 private:
  bool isHeld() const;

  Notice notice_;
  QTimer timer_;
};

class Toasts : public QWidget {
  Q_OBJECT

 public:
  // Lies over `parent`, at the lower left of the anchor within it.
  explicit Toasts(QWidget* parent);

  void setAnchor(QWidget* anchor);
  void show(const Notice& notice);
  void show(const QString& text, const QString& advice, bool isError);
  // Closes a toast that holds the focus; false where none does.
  bool closeFocused();
  void focusNewest();
  void setNoteMilliseconds(int milliseconds) { noteMilliseconds_ = milliseconds; }

  // Of all toasts that are shown, a line each, the newest last.
  QString text() const;
  int count() const { return static_cast<int>(toasts_.size()); }
  // Everything that was said since the window opened, the oldest first.
  const QList<Notice>& history() const { return history_; }

 signals:
  void focusLost();  // what had the focus is closed

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void remove(Toast* toast);
  void place();

  QVBoxLayout* layout_;
  QPointer<QWidget> anchor_;
  QList<QPointer<QWidget>> watched_;  // the anchor and what lies between it and the parent
  QList<Toast*> toasts_;              // oldest first
  QList<Notice> history_;
  int noteMilliseconds_ = 6000;
};

}  // namespace diorama::gui
