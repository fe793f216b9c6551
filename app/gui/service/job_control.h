// Which job runs, and how to stop it from another thread.
#pragma once

#include <QtGlobal>
#include <mutex>
#include <set>

#include "base/cancel.h"

namespace diorama::gui {

class JobControl {
 public:
  const CancelToken& token() const { return token_; }

  void begin(qint64 job) {
    const std::scoped_lock lock(mutex_);
    running_ = job;
    if (closed_ || cancelled_.erase(job) > 0)
      token_.request();
    else
      token_.clear();
  }
  void end() {
    const std::scoped_lock lock(mutex_);
    running_ = kNone;
  }
  // Also before it begins.
  void cancel(qint64 job) {
    const std::scoped_lock lock(mutex_);
    if (job == running_)
      token_.request();
    else
      cancelled_.insert(job);
  }
  // Whatever runs and whatever comes.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    token_.request();
  }

 private:
  static constexpr qint64 kNone = -1;

  std::mutex mutex_;
  qint64 running_ = kNone;
  std::set<qint64> cancelled_;
  bool closed_ = false;
  CancelToken token_;
};

}  // namespace diorama::gui
