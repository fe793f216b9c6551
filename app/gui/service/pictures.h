// Between the engine's values and Qt's.
#pragma once

#include <QImage>
#include <QJsonObject>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/image.h"

namespace diorama::gui {

QImage toQImage(const Image& image);
Image fromQImage(const QImage& image);

QJsonObject toQJson(const nlohmann::json& json);
std::string toText(const QJsonObject& json);

std::filesystem::path toPath(const QString& path);
QString fromPath(const std::filesystem::path& path);

}  // namespace diorama::gui
