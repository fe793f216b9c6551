#include "gui/views/session_notices.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

namespace diorama::gui {

SessionNotices::SessionNotices(Session& session, Toasts& toasts, QObject* parent)
    : QObject(parent), session_(session), toasts_(toasts) {
  connect(&session, &Session::message, this,
          [this](const QString& text, const QString& advice, bool isError) {
            toasts_.show(text, advice, isError);
          });
  connect(&session, &Session::refused, this, &SessionNotices::onRefused);
  connect(&session, &Session::gridReady, this, &SessionNotices::onGrid);
  connect(&session, &Session::queuedWhilePaused, this, [this](int pictures) {
    note(QStringLiteral("paused"), tr("%n picture(s) added. The queue is paused.", nullptr, pictures),
         {{tr("Resume"), [this] { session_.queue().setPaused(false); }}});
  });
  connect(&session, &Session::queueCleared, this, [this](int count) {
    note(QStringLiteral("queue"), tr("%n picture(s) removed from the queue.", nullptr, count),
         {{tr("Undo"), [this] { session_.restoreQueue(); }}});
  });
  connect(&session, &Session::trashed, this, [this](const QStringList& paths) {
    note(QStringLiteral("trash"),
         tr("%n picture(s) moved to the trash.", nullptr, static_cast<int>(paths.size())),
         {{tr("Undo"), [this] { session_.untrash(); }}});
  });
  connect(&session, &Session::modelRemoved, this, [this](const QString& title) {
    note(QStringLiteral("model"), tr("%1 was removed.").arg(title),
         {{tr("Undo"), [this] { session_.restoreModel(); }}});
  });
}

void SessionNotices::note(const QString& topic, const QString& text, const QList<ToastAction>& actions) {
  toasts_.show({.text = text, .actions = actions, .topic = topic});
}

void SessionNotices::onRefused(const QString& field, const QString& text) {
  QList<ToastAction> actions;
  if (field == QLatin1String("model"))
    actions << ToastAction{tr("Open Models"), [this] { emit modelsWanted(); }};
  note(QStringLiteral("refused"), text, actions);
}

void SessionNotices::onGrid(const QString& path) {
  const QUrl folder = QUrl::fromLocalFile(QFileInfo(path).absolutePath());
  note({}, tr("Grid finished."),
       {{tr("Show"), [this, path] { emit showWanted(path); }},
        {tr("Open folder"), [folder] { QDesktopServices::openUrl(folder); }}});
}

void SessionNotices::offerInterrupted() {
  if (!session_.queue().hasInterrupted()) return;
  toasts_.show({.kind = Notice::Kind::question,
                .text = session_.queue().wasClosed()
                            ? tr("Diorama was closed while painting. The queue is paused.")
                            : tr("Diorama closed unexpectedly while painting. The queue is paused."),
                .actions = {{tr("Paint again and resume"), [this] { session_.queue().retryInterrupted(); }},
                            {tr("Discard"), [this] { session_.discardInterrupted(); }}}});
}

}  // namespace diorama::gui
