// An engine by script: it paints nothing, but says all that the real one says, when the test wants it said.
// Pictures are real files with real recipes, so that galleries, branches and comparisons work with them.
#pragma once

#include <QList>
#include <optional>

#include "gui/service/engine_client.h"

namespace diorama::gui {

class FakeEngine : public EngineClient {
  Q_OBJECT

 public:
  using EngineClient::EngineClient;

  // A model of 128 x 128, multiples of 16, 20 steps of Euler; plans balanced and fast.
  static ModelFacts model(const QString& name = QStringLiteral("fake"));

  // Before the session starts; by default there is model().
  void setModels(const QList<ModelFacts>& models) { models_ = models; }
  // Each job is painted by itself, soon after it was asked for.
  void setAutomatic(bool automatic) { automatic_ = automatic; }

  // Every job since the beginning.
  const QList<PaintJob>& asked() const { return asked_; }
  bool isPainting() const { return job_.has_value(); }
  const QList<QuantiseWish>& wishes() const { return wishes_; }

  // The request was good: the run begins.
  void begin();
  // So many steps of the job that is painted; begins it where it has not begun.
  void takeSteps(int count);
  // All that is left, and the picture.
  void finish();
  void fail(Fault fault, const QString& what);
  void progressQuantising(int done, int total);
  void finishQuantising(const QString& report);

  void paint(const PaintJob& job) override;
  void cancel(qint64 job) override;
  void prepare(const PaintSettings&) override {}
  void decodePreviews(bool) override {}
  void quantise(const QuantiseWish& wish) override { wishes_ << wish; }
  void cancelQuantising() override;
  QStringList modelFolders() const override;
  ModelFacts readModel(const QString& folder) const override;
  QList<DeviceFacts> devices() const override;

 private:
  void takeStep();
  PaintedPicture picture() const;

  QList<ModelFacts> models_{model()};
  QList<PaintJob> asked_;
  QList<QuantiseWish> wishes_;
  std::optional<PaintJob> job_;  // that is painted
  bool automatic_ = false;
  bool begun_ = false;
  int step_ = 0;
};

}  // namespace diorama::gui
