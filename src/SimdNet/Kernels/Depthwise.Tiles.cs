using SimdNet.Memory;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>What is laid out.</content>
internal static unsafe partial class Depthwise
{
    /// <summary>
    /// The tiles of a plane, one after the other.
    /// <code>
    /// [phase, line, place]     place i of phase b is position b + i·stride, counted from the first that a tap reads
    /// </code>
    /// so that each tap reads its own phase, from its own line and place on, value by value.
    /// </summary>
    private struct Tile(in View view, float* values)
    {
        public float* Values = values;
        public int FromY = 0, FromX = 0, OutputsY = 0, OutputsX = 0;
        private readonly View _view = view;
        private int _lines = 0, _places = 0;

        public readonly int Taps => _view.Y.Taps * _view.X.Taps;

        /// <summary>
        /// Of a 3 × 3 window with its lines side by side: 1 if a later tap reads a later line, -1 if an earlier one. 0 of any other.
        /// </summary>
        public readonly int LinesGo =>
            _view.Y.Taps == 3 && _view.X.Taps == 3 && _view.Y.Stride == 1 && Math.Abs(_view.Y.Step) == 1 ? _view.Y.Step : 0;

        /// <summary>Values from what a tap reads for one line of outputs to what it reads for the next.</summary>
        public readonly nint LineStep => (nint)_view.Y.Stride * _places;

        /// <summary>Goes on to the next tile, if there is one, and lays it out; says where each tap begins.</summary>
        public bool Next<TSimd>(float* plane, nint* offsets, bool isFirst)
            where TSimd : struct, ISimd<TSimd>
        {
            (TapAxis y, TapAxis x) = (_view.Y, _view.X);
            FromY += OutputsY;
            if (FromY == y.Outputs)
            {
                (FromY, FromX) = (0, FromX + OutputsX);
            }

            if (FromX >= x.Outputs || y.Outputs == 0)
            {
                return false;
            }

            OutputsX = Math.Min(MostOutputs, x.Outputs - FromX);
            _places = AlignedBuffer.Align(OutputsX + ((x.Extent - 1) / x.Stride));
            int most = ((Room / (_places * x.Stride)) - y.Extent) / y.Stride;
            OutputsY = Math.Min(Math.Max(most, 0) + 1, y.Outputs - FromY);
            _lines = ((OutputsY - 1) * y.Stride) + y.Extent;
            Offsets(offsets);
            if (isFirst || OutputsX < x.Outputs || OutputsY < y.Outputs)
            {
                new Span<float>(Values, x.Stride * _lines * _places).Clear();
            }

            CopyLines<TSimd>(plane);
            return true;
        }

        /// <summary>What lies inside of the plane; the rest stays zero.</summary>
        private readonly void CopyLines<TSimd>(float* plane)
            where TSimd : struct, ISimd<TSimd>
        {
            int width = ((_view.X.Size - 1) / _view.SpreadX) + 1, place = _view.X.Lowest + (FromX * _view.X.Stride);
            Inside lines = new(_view.Y.Lowest + (FromY * _view.Y.Stride), 1, _view.SpreadY, _view.Y.Size, _lines);
            for (int phase = 0; phase < _view.X.Stride; phase++)
            {
                Inside places = new(place + phase, _view.X.Stride, _view.SpreadX, _view.X.Size, _places);
                if (lines.Count > 0 && places.Count > 0)
                {
                    float* from = plane + ((nint)lines.Source * width) + places.Source;
                    float* to = Values + ((((nint)phase * _lines) + lines.Place) * _places) + places.Place;
                    nint step = (nint)_view.SpreadY * _places;
                    if (_view.SpreadX == 1)
                    {
                        Planes.Copy<TSimd>(from, width, _view.X.Stride, to, step, lines.Count, places.Count);
                    }
                    else
                    {
                        Planes.Spread<TSimd>(from, width, to, step, _view.SpreadX, lines.Count, places.Count);
                    }
                }
            }
        }

        private readonly void Offsets(nint* offsets)
        {
            (TapAxis y, TapAxis x) = (_view.Y, _view.X);
            for (int tapX = 0; tapX < x.Taps; tapX++)
            {
                (int place, int phase) = Math.DivRem((int)x.Start(tapX) - x.Lowest, x.Stride);
                for (int tapY = 0; tapY < y.Taps; tapY++)
                {
                    offsets[(tapY * x.Taps) + tapX] = ((((nint)phase * _lines) + (int)y.Start(tapY) - y.Lowest) * _places) + place;
                }
            }
        }
    }

    /// <summary>
    /// Places at the positions start, start + stride … of an axis whose values lie some positions apart, if the stride is 1: the first place that is
    /// a value, which value it is, and how many there are.
    /// </summary>
    private readonly struct Inside
    {
        public readonly int Place, Source, Count;

        public Inside(int start, int stride, int spread, int size, int places)
        {
            Place = start >= 0 ? (spread - (start % spread)) % spread : (-start + stride - 1) / stride;
            int position = start + (Place * stride), end = (int)Math.Min(size, start + ((long)places * stride));
            Source = position / spread;
            Count = position >= end ? 0 : ((end - 1 - position) / (stride * spread)) + 1;
        }
    }
}
