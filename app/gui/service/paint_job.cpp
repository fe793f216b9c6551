#include "gui/service/paint_job.h"

namespace diorama::gui {

QJsonObject PaintJob::toJson() const {
  QJsonObject json{{"id", id}, {"settings", settings.toJson()}, {"folder", folder}};
  if (!compareWith.isEmpty()) json["compare_with"] = compareWith;
  if (branch)
    json["branch"] = QJsonObject{{"parent", QString::fromUtf8(branch->parent)}, {"step", branch->step}};
  return json;
}

PaintJob PaintJob::fromJson(const QJsonObject& json) {
  PaintJob job;
  job.id = json["id"].toInteger();
  job.settings = PaintSettings::fromJson(json["settings"].toObject());
  job.folder = json["folder"].toString();
  job.compareWith = json["compare_with"].toString();
  if (json.contains("branch")) {
    const QJsonObject branch = json["branch"].toObject();
    job.branch = BranchPoint{branch["parent"].toString().toUtf8(), branch["step"].toInt(), nullptr};
  }
  return job;
}

}  // namespace diorama::gui
