// Qt is not instrumented, so that ThreadSanitizer does not see how it hands work from one thread to another.
// The functions here stand before Qt's own and say it: what was done before a call was queued, a signal sent
// or a task started has been done when that call, signal or task runs. Only the build with ThreadSanitizer
// has this file.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <QCoreApplication>
#include <QEvent>
#include <QThreadPool>
#include <functional>

#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#error "QMetaObject::invokeMethodImpl has another signature in this version of Qt: write it down here as well"
#endif

namespace {

// The function that the one here stands before.
template <typename Function>
Function original(const char* symbol) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, symbol));
}

char signals_edge;

// Signals from other threads come to the window's thread as events.
class SignalsArrive : public QObject {
 public:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::MetaCall) __tsan_acquire(&signals_edge);
    return false;
  }
};

void filter_events() {
  QCoreApplication::instance()->installEventFilter(new SignalsArrive);
}
Q_COREAPP_STARTUP_FUNCTION(filter_events)

// A queued call, which takes the edge before it begins.
class QueuedCall {
 public:
  explicit QueuedCall(QtPrivate::QSlotObjectBase* slot)
      : slot_(slot, [](auto* s) { s->destroyIfLastRef(); }) {
    __tsan_release(slot);
  }
  void operator()() const {
    __tsan_acquire(slot_.get());
    void* no_result = nullptr;
    slot_->call(nullptr, &no_result);
  }

 private:
  std::shared_ptr<QtPrivate::QSlotObjectBase> slot_;
};

}  // namespace

bool QMetaObject::invokeMethodImpl(QObject* receiver, QtPrivate::QSlotObjectBase* slot,
                                   Qt::ConnectionType type, void* result) {
  using Function = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
  static const auto invoke = original<Function>(
      "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBaseEN2Qt14ConnectionTypeEPv");
  if (result != nullptr) return invoke(receiver, slot, type, result);  // waits for it
  const QueuedCall call(slot);
  return invoke(receiver, new QtPrivate::QFunctorSlotObjectWithNoArgs<QueuedCall, void>(call), type, nullptr);
}

void QMetaObject::activate(QObject* sender, const QMetaObject* type, int signal, void** arguments) {
  using Function = void (*)(QObject*, const QMetaObject*, int, void**);
  static const auto send = original<Function>("_ZN11QMetaObject8activateEP7QObjectPKS_iPPv");
  __tsan_release(&signals_edge);
  send(sender, type, signal, arguments);
}

void QThreadPool::start(std::function<void()> work, int priority) {
  using Function = void (*)(QThreadPool*, std::function<void()>, int);
  static const auto begin = original<Function>("_ZN11QThreadPool5startESt8functionIFvvEEi");
  __tsan_release(this);
  const auto task = [this, work = std::move(work)]() mutable {
    __tsan_acquire(this);
    work();
    work = nullptr;
    __tsan_release(this);
  };
  begin(this, task, priority);
}

bool QThreadPool::waitForDone(int milliseconds) {
  static const auto wait = original<bool (*)(QThreadPool*, int)>("_ZN11QThreadPool11waitForDoneEi");
  const bool done = wait(this, milliseconds);
  __tsan_acquire(this);
  return done;
}
