using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// The matrix of which a column holds the window of one output pixel. It is written nowhere: a product lays out the block it is about to read.
/// <code>
/// row    (channel, tap of y, tap of x)
/// column (image, y, x)                     a zero where a tap lies outside of the image
/// </code>
/// </summary>
internal readonly unsafe struct Patches(float* data, nint imageStride, TapAxis y, TapAxis x) : Gemm.IPanels, Gemm.IRows
{
    private readonly float* _data = data; // [images, channels, height, width], images at a distance of their own
    private readonly nint _imageStride = imageStride;
    private readonly TapAxis _y = y, _x = x;

    private int Taps => _y.Taps * _x.Taps;

    /// <summary>The patches of a group of channels, as forward takes them in.</summary>
    public static Patches Of(in ConvolutionShape shape, float* x, int group) => Of(
        x + ((nint)group * shape.GroupChannels * shape.Area), shape.Image.Length, shape.AxisY, shape.AxisX);

    /// <summary>A window of one pixel, at every pixel, sees an image as one line.</summary>
    public static Patches Of(float* data, nint imageStride, TapAxis y, TapAxis x) =>
        y.IsIdentity && x.IsIdentity
            ? new(data, imageStride, new(1, 1, 1, 0, 1, 1), new(y.Size * x.Size, y.Size * x.Size, 1, 0, 1, 1))
            : new(data, imageStride, y, x);

    /// <summary>A block of rows to broadcast from, at a distance that does not share cache sets.</summary>
    public Gemm.Strided Block<TSimd>(int row, int k, int rows, int depth, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        Pack<TSimd>(row, k, rows, depth, room, Gemm.Blocking.CompactStride);
        return new(room, Gemm.Blocking.CompactStride, 1);
    }

    /// <summary><c>destination[i·stride + j] ← element (row + i, column + j)</c>, one tap of all its channels after the other.</summary>
    public void Pack<TSimd>(int row, int column, int rows, int columns, float* destination, int stride)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int i = 0; i < Math.Min(Taps, rows); i++)
        {
            (int channel, int tap) = Math.DivRem(row + i, Taps);
            Strip strip = new(in this, channel, tap, ((rows - 1 - i) / Taps) + 1, (nint)Taps * stride);
            strip.Pack<TSimd>(column, columns, destination + ((nint)i * stride));
        }
    }

    /// <summary>Element (row, column) and where it comes from: its place from the first value, or below 0 for a zero.</summary>
    public long Place(int row, int column)
    {
        (int channel, int tap) = Math.DivRem(row, Taps);
        (int line, int outputX) = Math.DivRem(column, _x.Outputs);
        (int image, int outputY) = Math.DivRem(line, _y.Outputs);
        long y = _y.Start(tap / _x.Taps) + ((long)outputY * _y.Stride), x = _x.Start(tap % _x.Taps) + ((long)outputX * _x.Stride);
        bool inside = y >= 0 && y < _y.Size && x >= 0 && x < _x.Size;
        return inside ? (image * (long)_imageStride) + (((channel * (long)_y.Size) + y) * _x.Size) + x : -1;
    }

    /// <summary>Rows of one tap: what it reads for each output, in some channels.</summary>
    private readonly ref struct Strip
    {
        private readonly float* _source; // what is read for output (0, 0) of image 0; it may lie outside of the image
        private readonly nint _imageStride, _channelStep, _lineStep, _rowStep;
        private readonly int _outputsY, _outputsX, _strideX, _firstY, _endY, _firstX, _endX, _channels;

        public Strip(ref readonly Patches patches, int channel, int tap, int channels, nint rowStep)
        {
            (TapAxis y, TapAxis x) = (patches._y, patches._x);
            (int tapY, int tapX) = Math.DivRem(tap, x.Taps);
            (_imageStride, _channelStep, _lineStep, _rowStep) = (patches._imageStride, (nint)y.Size * x.Size, (nint)y.Stride * x.Size, rowStep);
            (_outputsY, _outputsX, _strideX, _channels) = (y.Outputs, x.Outputs, x.Stride, channels);
            (_firstY, _endY, _firstX, _endX) = (y.First(tapY), y.End(tapY), x.First(tapX), x.End(tapX));
            _source = patches._data + (channel * _channelStep) + ((nint)y.Start(tapY) * x.Size) + (nint)x.Start(tapX);
        }

        /// <summary>Some columns: whole lines of the image where there are, else the part of a line.</summary>
        public void Pack<TSimd>(int column, int columns, float* destination)
            where TSimd : struct, ISimd<TSimd>
        {
            (int line, int x) = Math.DivRem(column, _outputsX);
            (int image, int y) = Math.DivRem(line, _outputsY);
            while (columns > 0)
            {
                int lines = x == 0 && columns >= _outputsX ? Math.Min(columns / _outputsX, _outputsY - y) : 1;
                int length = Math.Min(_outputsX - x, columns);
                Lines<TSimd>(_source + (image * _imageStride), y, lines, x, length, destination);
                destination += (nint)lines * length;
                columns -= lines * length;
                (x, y) = (0, y + lines);
                if (y == _outputsY)
                {
                    (y, image) = (0, image + 1);
                }
            }
        }

        private void Lines<TSimd>(float* source, int y, int lines, int x, int length, float* destination)
            where TSimd : struct, ISimd<TSimd>
        {
            int above = Math.Clamp(_firstY - y, 0, lines), below = Math.Clamp(y + lines - _endY, 0, lines - above);
            int inside = lines - above - below;
            Planes.Clear<TSimd>(destination, _rowStep, _channels, above * length);
            Planes.Clear<TSimd>(destination + ((nint)(above + inside) * length), _rowStep, _channels, below * length);
            source += (nint)(y + above) * _lineStep;
            destination += (nint)above * length;
            if (inside > _channels)
            {
                for (int channel = 0; channel < _channels; channel++)
                {
                    Inside<TSimd>(source + (channel * _channelStep), _lineStep, destination + (channel * _rowStep), length, inside, x, length);
                }
            }
            else
            {
                for (int line = 0; line < inside; line++)
                {
                    Inside<TSimd>(source + (line * _lineStep), _channelStep, destination + ((nint)line * length), _rowStep, _channels, x, length);
                }
            }
        }

        /// <summary>Lines, or one line of all channels: zeros, values, zeros.</summary>
        private void Inside<TSimd>(float* source, nint sourceStep, float* destination, nint destinationStep, int count, int x, int length)
            where TSimd : struct, ISimd<TSimd>
        {
            int left = Math.Clamp(_firstX - x, 0, length), right = Math.Clamp(x + length - _endX, 0, length - left);
            Planes.Clear<TSimd>(destination, destinationStep, count, left);
            Planes.Copy<TSimd>(
                source + ((nint)(x + left) * _strideX), sourceStep, _strideX, destination + left, destinationStep, count, length - left - right);
            Planes.Clear<TSimd>(destination + length - right, destinationStep, count, right);
        }
    }
}
