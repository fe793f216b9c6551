#include "gui/service/pictures.h"

#include <QFile>
#include <QJsonDocument>
#include <cstring>

namespace diorama::gui {

QImage toQImage(const Image& image) {
  return QImage(image.rgb.data(), image.width, image.height, image.width * 3, QImage::Format_RGB888).copy();
}

Image fromQImage(const QImage& image) {
  const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
  Image result{rgb.width(), rgb.height(), {}};
  const size_t row = static_cast<size_t>(rgb.width()) * 3;
  result.rgb.resize(row * static_cast<size_t>(rgb.height()));
  for (int y = 0; y < rgb.height(); ++y)
    std::memcpy(result.rgb.data() + row * static_cast<size_t>(y), rgb.constScanLine(y), row);
  return result;
}

QJsonObject toQJson(const nlohmann::json& json) {
  const std::string text = json.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

std::string toText(const QJsonObject& json) {
  return QJsonDocument(json).toJson(QJsonDocument::Compact).toStdString();
}

std::filesystem::path toPath(const QString& path) {
  return QFile::encodeName(path).toStdString();
}

QString fromPath(const std::filesystem::path& path) {
  return QFile::decodeName(path.c_str());
}

}  // namespace diorama::gui
