#!/usr/bin/env python3
"""Breaks the networks on purpose, one line at a time, and checks that a test of tests/models turns red.

Each mutation is written into the working tree, built, tested on the processor and taken back; files of engine/ must be
committed first. Usage: tools/mutations.py [BUILD_FOLDER], build/release without one.
"""
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
LAYERS, DIT, PIXART = 'engine/nn/layers.cpp', 'engine/models/dit.cpp', 'engine/models/pixart.cpp'
IMAGES, T5 = 'engine/nn/image_layers.cpp', 'engine/models/t5.cpp'

# What it is, where, what stands there, what is put in its place.
MUTATIONS = [
    ('DiT: eps 1e-5 in the attention norm and the final norm', DIT, 'kNormEps = 1e-6f', 'kNormEps = 1e-5f'),
    ('DiT: eps 1e-6 in the feed-forward norm', DIT, 'static_cast<float>(c_.norm_eps)', 'kNormEps'),
    ('PixArt: eps 1e-5 in the blocks', PIXART, 'static_cast<float>(c_.norm_eps)', '1e-5f'),
    ('PixArt: default eps 1e-5', PIXART, 'get_number_or("norm_eps", 1e-6', 'get_number_or("norm_eps", 1e-5'),
    ('PixArt: eps 1e-5 in the final norm', PIXART, '{1e-6f, shift, scale}', '{1e-5f, shift, scale}'),
    ('PixArt: sinusoid over 127', PIXART, 'timestep_sinusoid(stream, timesteps, 0)',
     'timestep_sinusoid(stream, timesteps, 1)'),
    ('DiT: sinusoid over 128', DIT, 'kSinusoidShift = 1', 'kSinusoidShift = 0'),
    ('sinusoid: sines before cosines', LAYERS, '''static_cast<size_t>(i)] = std::cos(argument);
      values[b * 2 * kHalf + static_cast<size_t>(kHalf + i)] = std::sin(argument);''',
     '''static_cast<size_t>(i)] = std::sin(argument);
      values[b * 2 * kHalf + static_cast<size_t>(kHalf + i)] = std::cos(argument);'''),
    ('positions: cosines before sines', LAYERS, '''token[i] = static_cast<float>(std::sin(x));
          token[quarter + i] = static_cast<float>(std::cos(x));''', '''token[i] = static_cast<float>(std::cos(x));
          token[quarter + i] = static_cast<float>(std::sin(x));'''),
    ('positions: rows before columns', LAYERS, '''const double x = position(column, width) * omega;
          const double y = position(row, height) * omega;''', '''const double y = position(column, width) * omega;
          const double x = position(row, height) * omega;'''),
    ('PixArt: text mask dropped', PIXART, '(1.0f - mask) * -10000.0f', '(1.0f - mask) * 0.0f'),
    ('T5: mask dropped', T5, '(1.0f - kept) * std::numeric_limits<float>::lowest()', '(1.0f - kept) * 0.0f'),
    ('patches read with the channel fastest', LAYERS, 'PatchOrder::channel_slowest', 'PatchOrder::channel_fastest'),
    ('patches written with the channel slowest', LAYERS, '.order = PatchOrder::channel_fastest',
     '.order = PatchOrder::channel_slowest'),
    ('exact GELU for the tanh form', 'engine/cpu/simd/math.h', 'return gelu_tanh(x);', '''{
      Vec exact{};
      for (int i = 0; i < kLanes; ++i) exact[i] = 0.5f * x[i] * (1.0f + __builtin_erff(x[i] * 0.70710678f));
      return exact;
    }'''),
    ('T5: attention scaled', T5, '.scale = 1.0f', '.scale = 0.125f'),
    ('AutoencoderTiny: soft clamp dropped', IMAGES, '  ops::soft_clamp(stream, {.x = x, .limit = limit, .y = y});',
     '  ops::soft_clamp(stream, {.x = x, .limit = 1e6f * limit, .y = y});'),
    ('AutoencoderKL: downsampling padded on all sides', 'engine/models/autoencoder_kl.cpp',
     '{.stride = 2, .pad_end_only = true}', '{.stride = 2, .pad_end_only = false}'),
]


def red(build):
    subprocess.run(['cmake', '--build', build, '--target', 'test_models'], check=True, stdout=subprocess.DEVNULL)
    test = subprocess.run([build / 'bin/test_models', '--gtest_filter=*cpu*:NetworkDefaults*', '--gtest_brief=1'], capture_output=True,
                          text=True)
    return [line.split()[3] for line in test.stdout.splitlines() if line.startswith('[  FAILED  ] ')][:1]


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else TOP / 'build/release').resolve()
    if subprocess.run(['git', 'status', '--porcelain', 'engine'], cwd=TOP, capture_output=True, check=True).stdout:
        sys.exit('engine/ has changes that are not committed')
    if failed := red(build):
        sys.exit(f'red before any mutation: {failed}')
    survived = 0
    for what, name, before, after in MUTATIONS:
        path = TOP / name
        text = path.read_text()
        if text.count(before) != 1:
            sys.exit(f'{name} holds {text.count(before)} times: {before}')
        try:
            path.write_text(text.replace(before, after))
            failed = red(build)
        finally:
            path.write_text(text)
        survived += not failed
        print(f'{"red" if failed else "SURVIVED":9} {what:58} {"".join(failed)}', flush=True)
    sys.exit(survived > 0)


if __name__ == '__main__':
    main()
