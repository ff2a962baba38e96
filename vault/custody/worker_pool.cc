#include "vault/custody/worker_pool.h"

#include <utility>

namespace holdfast::custody {

void WorkerPool::Start(int threads, std::size_t max_queue) {
  max_queue_ = max_queue;
  stopping_ = false;
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this, i] { Loop(i); });
}

bool WorkerPool::Post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || jobs_.size() >= max_queue_) return false;
    jobs_.push_back(std::move(job));
  }
  jobs_waiting_.notify_one();
  return true;
}

void WorkerPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  jobs_waiting_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::Loop(int thread) {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      jobs_waiting_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job(thread);
  }
}

}  // namespace holdfast::custody
