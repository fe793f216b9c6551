#!/usr/bin/env python3
"""The table of docs/quantisation.md: pictures of a model quantised in several ways against f32.

Usage: tools/quantisation_table.py [MODEL [PICTURES]], diorama-mini and 64 without; takes a minute or two for each row.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = TOP / 'build/release/bin/diorama'
OFF = ['--no-smoothing', '--no-rotation', '--no-clip-search', '--no-gptq']
ROWS = [
    ('w8a8', ['--format', 'w8a8']),
    ('w4a8', []),
    ('w4a8 without smoothing', OFF[0:1]),
    ('w4a8 without rotation', OFF[1:2]),
    ('w4a8 without clip search', OFF[2:3]),
    ('w4a8 without GPTQ', OFF[3:4]),
    ('w4a8 without any: group round-to-nearest', OFF),
    ('w4a8, adaLN in w4a8', ['--modulation', 'w4a8']),
]


def row(name, fidelity):
    psnr, ssim = fidelity
    cells = [f'{psnr[key]:.2f}' for key in ('mean', 'tenth_percentile', 'worst')]
    cells += [f'{ssim[key]:.4f}' for key in ('mean', 'tenth_percentile', 'worst')]
    print(f'| {name} | ' + ' | '.join(cells) + ' |', flush=True)


def main():
    model = sys.argv[1] if len(sys.argv) > 1 else 'diorama-mini'
    pictures = sys.argv[2] if len(sys.argv) > 2 else '64'
    print('| | PSNR mean | 10th percentile | worst | SSIM mean | 10th percentile | worst |')
    print('|---|---|---|---|---|---|---|')
    for i, (name, flags) in enumerate(ROWS):
        with tempfile.TemporaryDirectory() as folder:
            command = [PROGRAM, 'models', 'quantize', model, f'{folder}/quantised', '--pictures', pictures, '--json',
                       '--device', 'cpu', *flags]
            report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        if i == 0:
            row('bf16, the ceiling', (report['bf16_psnr'], report['bf16_ssim']))
        row(name, (report['psnr'], report['ssim']))


if __name__ == '__main__':
    main()
