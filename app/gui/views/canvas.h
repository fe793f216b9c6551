// The picture: fitted, at 1:1 or zoomed at the pointer, panned, dragged out; small pictures enlarged keep
// their pixels, previews are smooth.
#pragma once

#include <QElapsedTimer>
#include <QImage>
#include <QTimer>
#include <QWidget>

#include "gui/service/engine_events.h"

namespace diorama::gui {

class Canvas : public QWidget {
  Q_OBJECT

 public:
  Canvas();

  // The size of the picture that is to come, in pixels, where the image is a preview of it.
  void setPreview(const QImage& image, const QSize& size);
  void setPicture(const QImage& image, const QString& path);
  void setTokens(const std::vector<std::uint8_t>& kept, int columns);
  void setTokensShown(bool shown);
  void setHint(const QString& text);
  const QImage& image() const { return image_; }
  bool isPreview() const { return preview_; }

  void fit();
  void showOneToOne();
  double zoom() const { return zoom_; }
  void zoomAt(const QPointF& where, double factor);

 signals:
  void zoomChanged(double zoom);
  void contextMenuWanted(const QPoint& global);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;

 private:
  QRectF target() const;
  void setImage(const QImage& image, const QSize& size);
  void setZoom(double zoom);
  double fittingZoom() const;
  void updateSoon();
  void paintTokens(QPainter& painter, const QRectF& rect) const;
  void startDrag();

  QImage image_;
  QImage painted_;  // a preview enlarged
  QSize size_;      // pixels of the picture
  QString path_;
  QString hint_;
  bool preview_ = false;
  bool fitted_ = true;
  double zoom_ = 1;  // screen pixels a picture pixel
  QPointF centre_;   // of the view, in picture pixels
  QPointF pressedAt_;
  bool panning_ = false;
  std::vector<std::uint8_t> kept_;
  int columns_ = 0;
  bool tokensShown_ = false;
  QElapsedTimer lastFrame_;
  QTimer frames_;  // at most 30 a second
};

}  // namespace diorama::gui
