using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <summary>
/// An image cut into strips of lines of outputs. What a strip reads is laid out once, with its border of zeros,
/// <code>
/// [channel, phase, line, place]     place i of phase b is position b + i·stride, counted from the first that a tap reads
/// </code>
/// so that each tap reads its own phase, from its own line and place on, value by value: no patch is packed, and no tap asks where it is.
/// </summary>
internal readonly unsafe struct LineStrips
{
    /// <summary>The most values that a strip reads, half of the second-level cache; so it has no more taps either.</summary>
    public const int Room = 1 << 17;

    /// <summary>The most vectors of a strip, in one channel.</summary>
    public const int MostVectors = 1 << 12;

    /// <summary>Strips of a call, if it has lines enough: for threads to share.</summary>
    private const int Shares = 8;

    private readonly TapAxis _y, _x;
    private readonly int _channels, _phases, _places, _lines;

    public LineStrips(in ConvolutionShape shape, int lanes)
    {
        (_y, _x, _channels) = (shape.AxisY, shape.AxisX, shape.GroupChannels);
        int vectors = (_x.Outputs + lanes - 1) / lanes, shares = Math.Max(1, Shares / Math.Max(1, shape.Batch * shape.Groups));
        LineLanes = (long)vectors * lanes;
        _phases = Math.Min(_x.Stride, _x.Extent);
        _places = Math.Max(_x.Outputs, lanes) + ((_x.Extent - 1) / _x.Stride);
        long room = (Room / ((long)_channels * _phases * _places)) - _y.Extent;
        int most = room < 0 ? 0 : Math.Min((int)(room / _y.Stride) + 1, MostVectors / vectors);
        _lines = Math.Min(most, (_y.Outputs + shares - 1) / shares);
        if (_lines > 1 && _lines < _y.Outputs)
        {
            _lines -= _lines * vectors % 2; // vectors go in pairs
        }
    }

    /// <summary>Whether a strip of one line is small enough.</summary>
    public bool IsPossible => _lines > 0;

    /// <summary>The lanes that a line of outputs takes.</summary>
    public long LineLanes { get; }

    public int Count => (_y.Outputs + _lines - 1) / _lines;

    /// <summary>Lines of outputs of a strip.</summary>
    public int Lines(int strip) => Math.Min(_lines, _y.Outputs - (strip * _lines));

    /// <summary>The first output of a strip, in its channel.</summary>
    public nint First(int strip) => (nint)strip * _lines * _x.Outputs;

    /// <summary>Lays out what a strip reads.</summary>
    public void Pack<TSimd>(float* image, int strip, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        int first = _y.Lowest + (strip * _lines * _y.Stride), lines = LinesRead(Lines(strip));
        if (_phases != 2 || _x.Stride != 2)
        {
            TapAxis y = new(_y.Size, lines, 1, first, 0, 1), x = new(_x.Size, _places, _phases, _x.Lowest, 1, _x.Stride);
            new Patches(image, 0, y, x).Pack<TSimd>(0, 0, _channels * _phases, lines * _places, room, Plane);
            return;
        }

        int above = Math.Clamp(-first, 0, lines), inside = Math.Clamp(_y.Size - first, above, lines) - above;
        for (int channel = 0; channel < _channels; channel++)
        {
            Halve<TSimd>(image + ((((nint)channel * _y.Size) + first + above) * _x.Size), room, above, inside, lines - above - inside);
            room += 2 * Plane;
        }
    }

    /// <summary>Lines of one channel at stride 2: both phases at once.</summary>
    private void Halve<TSimd>(float* source, float* room, int above, int inside, int below)
        where TSimd : struct, ISimd<TSimd>
    {
        int pad = -_x.Lowest, evenPlace = Math.Min(pad / 2, _places), oddPlace = Math.Min((pad + 1) / 2, _places);
        int evens = Math.Min((_x.Size + 1) / 2, _places - evenPlace), odds = Math.Min(_x.Size / 2, _places - oddPlace);
        float* even = room + (pad % 2 * Plane), odd = room + ((1 - (pad % 2)) * Plane);
        Frame<TSimd>(even, above, inside, below, evenPlace, evens);
        Frame<TSimd>(odd, above, inside, below, oddPlace, odds);
        even += (above * _places) + evenPlace;
        odd += (above * _places) + oddPlace;
        Planes.Halve<TSimd>(source, _x.Size, even, odd, _places, inside, odds);
        Planes.Copy<TSimd>(source + (2 * odds), _x.Size, 1, even + odds, _places, inside, evens - odds); // there may be one more
    }

    /// <summary>Zeros around the values of a phase.</summary>
    private void Frame<TSimd>(float* phase, int above, int inside, int below, int left, int length)
        where TSimd : struct, ISimd<TSimd>
    {
        float* first = phase + ((nint)above * _places);
        Planes.Clear<TSimd>(phase, 0, 1, above * _places);
        Planes.Clear<TSimd>(first, _places, inside, left);
        Planes.Clear<TSimd>(first + left + length, _places, inside, _places - left - length);
        Planes.Clear<TSimd>(first + ((nint)inside * _places), 0, 1, below * _places);
    }

    /// <summary>Where each tap of each channel begins.</summary>
    public void Offsets(int* offsets)
    {
        for (int channel = 0; channel < _channels; channel++)
        {
            for (int tapY = 0; tapY < _y.Taps; tapY++)
            {
                for (int tapX = 0; tapX < _x.Taps; tapX++)
                {
                    (int place, int phase) = Math.DivRem((int)_x.Start(tapX) - _x.Lowest, _x.Stride);
                    *offsets++ = (((channel * _phases) + phase) * Plane) + (((int)_y.Start(tapY) - _y.Lowest) * _places) + place;
                }
            }
        }
    }

    /// <summary>The vectors of the outputs of so many lines; the last of a line ends where the line ends.</summary>
    /// <returns>The number of pairs.</returns>
    public int Place<TSimd>(int lines, LinePlace* places)
        where TSimd : struct, ISimd<TSimd>
    {
        int count = 0;
        for (int line = 0; line < lines; line++)
        {
            for (int x = 0; x < _x.Outputs; x += TSimd.Count)
            {
                int column = Math.Max(0, Math.Min(x, _x.Outputs - TSimd.Count));
                places[count++] = new((line * _y.Stride * _places) + column, (line * _x.Outputs) + column, x - column);
            }
        }

        places[count] = places[count - 1] with { Repeated = TSimd.Count }; // an odd one's other
        return (count + 1) / 2;
    }

    /// <summary>The values of a phase of a channel.</summary>
    private int Plane => LinesRead(_lines) * _places;

    private int LinesRead(int lines) => ((lines - 1) * _y.Stride) + _y.Extent;
}
