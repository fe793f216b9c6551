// Work in the background of which only the newest counts: what is overtaken is not begun, or not delivered.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <utility>

namespace diorama::gui {

class LatestTask {
 public:
  // Delivers in the owner's thread; belongs to the owner.
  explicit LatestTask(QObject* owner) : owner_(owner) { pool_.setMaxThreadCount(1); }
  ~LatestTask() {
    pool_.clear();
    pool_.waitForDone();
  }
  LatestTask(const LatestTask&) = delete;
  LatestTask& operator=(const LatestTask&) = delete;

  // `work` takes no part in the window; `deliver` gets what it returns.
  template <typename Work, typename Deliver>
  void start(Work work, Deliver deliver) {
    const int turn = ++turn_;
    pool_.clear();
    pool_.start([this, turn, work = std::move(work), deliver = std::move(deliver)] {
      auto result = work();
      QMetaObject::invokeMethod(owner_, [this, turn, deliver, result = std::move(result)] {
        if (turn == turn_) deliver(result);
      });
    });
  }

 private:
  QObject* owner_;
  int turn_ = 0;
  QThreadPool pool_;
};

}  // namespace diorama::gui
