// A DiT of any size with drawn weights, as a model folder. It paints noise.
#pragma once

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "models/registry.h"

namespace diorama::gui {

struct DitSize {
  int layers = 2, heads = 2, headDim = 16;
  int classes = 12;
};

inline void writeText(const QString& path, const QByteArray& text) {
  QDir().mkpath(QFileInfo(path).path());
  QFile file(path);
  if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
    qFatal("%s cannot be written", qPrintable(path));
}

inline QJsonObject ditConfig(const DitSize& size) {
  return {{"_class_name", "DiTTransformer2DModel"},
          {"num_layers", size.layers},
          {"num_attention_heads", size.heads},
          {"attention_head_dim", size.headDim},
          {"in_channels", 8},
          {"out_channels", 16},
          {"patch_size", 2},
          {"sample_size", 32},
          {"num_embeds_ada_norm", size.classes},
          {"norm_type", "ada_norm_zero"},
          {"activation_fn", "gelu-approximate"},
          {"attention_bias", true},
          {"norm_eps", 1e-5}};
}

// BF16 between 1/128 and 1/32, of either sign.
inline QByteArray drawnBytes(qint64 count, quint64& state) {
  QByteArray bytes(count, Qt::Uninitialized);
  auto* out = reinterpret_cast<quint8*>(bytes.data());
  for (qint64 i = 0; i < count; ++i) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto drawn = static_cast<quint8>(state >> 56);
    out[i] = i % 2 == 0 ? drawn : static_cast<quint8>((drawn & 0x80) | 0x3C);
  }
  return bytes;
}

inline void writeDrawnWeights(const QString& path, const nn::TensorTable& table) {
  std::vector<nn::TensorSpec> specs;
  for (const nn::Entry& entry : table.entries())
    for (const auto* part : {&entry.weights, &entry.biases})
      specs.insert(specs.end(), part->begin(), part->end());
  QJsonObject header;
  qint64 end = 0;
  for (const nn::TensorSpec& spec : specs) {
    qint64 count = 1;
    QJsonArray shape;
    for (int i = 0; i < spec.shape.rank(); ++i) {
      shape << static_cast<qint64>(spec.shape[i]);
      count *= spec.shape[i];
    }
    header[QString::fromStdString(spec.name)] =
        QJsonObject{{"dtype", "BF16"}, {"shape", shape}, {"data_offsets", QJsonArray{end, end + 2 * count}}};
    end += 2 * count;
  }
  const QByteArray text = QJsonDocument(header).toJson(QJsonDocument::Compact);
  const auto length = static_cast<quint64>(text.size());
  writeText(path, QByteArray(reinterpret_cast<const char*>(&length), 8) + text);
  QFile file(path);
  if (!file.open(QIODevice::Append)) qFatal("%s cannot be written", qPrintable(path));
  constexpr qint64 kChunk = qint64{1} << 24;
  quint64 state = 7;
  for (qint64 at = 0; at < end; at += kChunk) file.write(drawnBytes(std::min(kChunk, end - at), state));
}

// The autoencoder is that of the model that ships.
inline void writeDitFolder(const QString& folder, const DitSize& size) {
  const QByteArray config = QJsonDocument(ditConfig(size)).toJson();
  writeText(folder + "/transformer/config.json", config);
  writeText(folder + "/scheduler/scheduler_config.json",
            R"({"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_start": 0.0001,
                "beta_end": 0.02, "beta_schedule": "linear", "clip_sample": false,
                "prediction_type": "epsilon"})");
  QJsonObject labels;
  for (int i = 0; i < size.classes; ++i) labels[QString::number(i)] = QStringLiteral("animal %1").arg(i);
  writeText(folder + "/model_index.json",
            QJsonDocument(QJsonObject{{"_class_name", "DiTPipeline"}, {"id2label", labels}}).toJson());
  const auto network = models::make_transformer(Config::parse(config.toStdString(), "test"));
  writeDrawnWeights(folder + "/transformer/diffusion_pytorch_model.safetensors", network->tensors());
  const QDir vae(QStringLiteral(DIORAMA_SOURCE_DIR "/assets/models/diorama-mini/vae"));
  QDir().mkpath(folder + "/vae");
  for (const QString& name : vae.entryList(QDir::Files))
    QFile::copy(vae.filePath(name), folder + "/vae/" + name);
}

}  // namespace diorama::gui
