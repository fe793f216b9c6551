// Between the engine's values and Qt's.
#pragma once

#include <QImage>
#include <QJsonObject>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "io/image.h"

namespace diorama::gui {

QImage toQImage(const Image& image);
Image fromQImage(const QImage& image);

QJsonObject toQJson(const nlohmann::json& json);
std::string toText(const QJsonObject& json);

// Of a picture's file, which is no longer than any picture makes it. Throws Fault::file_system.
std::string readPictureBytes(const QString& path);
// A PNG file as a picture; null, with why, where it is none or too large. No other format is read, and
// nothing but files.
QImage readPicture(const QString& path, QString* why = nullptr);
// No larger than `side` pixels either way; null also where reading it would take long.
QImage readSmallPicture(const QString& path, int side);

// What a file or a model says, as a line for people.
QString toLine(std::string_view text, size_t most = 200);

std::filesystem::path toPath(const QString& path);
QString fromPath(const std::filesystem::path& path);

}  // namespace diorama::gui
