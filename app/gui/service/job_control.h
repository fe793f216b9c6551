// Which job runs, and how to stop it from another thread.
#pragma once

#include <QtGlobal>
#include <mutex>
#include <set>

#include "base/cancel.h"

namespace diorama::gui {

class JobControl {
 public:
  // Pictures have numbers from 1.
  static constexpr qint64 kPreparing = 0, kQuantising = -2;

  const CancelToken& token() const { return token_; }

  void begin(qint64 job) {
    const std::scoped_lock lock(mutex_);
    running_ = job;
    const bool cancelled = cancelled_.erase(job) > 0;
    if (closed_ || cancelled)
      token_.request();
    else
      token_.clear();
  }
  void end() {
    const std::scoped_lock lock(mutex_);
    running_ = kNone;
  }
  // A picture also before it begins: what is being loaded for it is given up too.
  void cancel(qint64 job) {
    const std::scoped_lock lock(mutex_);
    if (job == running_ || (job > 0 && running_ == kPreparing)) token_.request();
    if (job > 0 && job != running_) cancelled_.insert(job);
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
