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

    /// <summary>The most outputs of a strip, in one channel.</summary>
    public const int MostOutputs = 1 << 13;

    /// <summary>
    /// What vectors of two lines cost, in output channels. Measured: 24 outputs a line for 6 channels, 28 for 16, were as fast either way; two lines
    /// were faster by a seventh at 10 outputs for 16 channels and at 13 for 64, by a tenth at 28 for 64, slower by 3 % at 14 and 15.
    /// </summary>
    private const int SeamChannels = 3;

    private readonly TapAxis _y, _x;
    private readonly int _channels, _outChannels, _places, _lines;

    public LineStrips(in ConvolutionShape shape, int pieces)
    {
        (_y, _x) = (shape.AxisY, shape.AxisX);
        (_channels, _outChannels) = (shape.GroupChannels, shape.GroupOutChannels);
        Phases = Math.Min(_x.Stride, _x.Extent);
        _places = _x.Outputs + ((_x.Extent - 1) / _x.Stride);
        long room = (Room / ((long)_channels * Phases * _places)) - _y.Extent;
        int most = room < 0 ? 0 : Math.Min((int)(room / _y.Stride) + 1, MostOutputs / _x.Outputs);
        int strips = Math.Clamp(pieces / Math.Max(1, shape.Batch * shape.Groups), 1, _y.Outputs);
        strips = Math.Max(strips, (_y.Outputs + most - 1) / Math.Max(1, most));
        _lines = Math.Min(most, (_y.Outputs + strips - 1) / strips);
    }

    /// <summary>The phases of a line that taps read.</summary>
    public int Phases { get; }

    /// <summary>Whether a strip of one line is small enough.</summary>
    public bool IsPossible => _lines > 0;

    public int Count => (_y.Outputs + _lines - 1) / _lines;

    /// <summary>Lines of outputs of a strip.</summary>
    public int Lines(int strip) => Math.Min(_lines, _y.Outputs - (strip * _lines));

    /// <summary>The outputs of a strip, in one channel.</summary>
    public int Outputs(int strip) => Lines(strip) * _x.Outputs;

    /// <summary>The first output of a strip, in its channel.</summary>
    public nint First(int strip) => (nint)strip * _lines * _x.Outputs;

    /// <summary>Lays out what a strip reads.</summary>
    public void Pack<TSimd>(float* image, int strip, float* room)
        where TSimd : struct, ISimd<TSimd>
    {
        int first = _y.Lowest + (strip * _lines * _y.Stride), lines = LinesRead(Lines(strip));
        if (Phases != 2 || _x.Stride != 2)
        {
            TapAxis y = new(_y.Size, lines, 1, first, 0, 1), x = new(_x.Size, _places, Phases, _x.Lowest, 1, _x.Stride);
            new Patches(image, 0, y, x).Pack<TSimd>(0, 0, _channels * Phases, lines * _places, room, Plane);
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
                    *offsets++ = (((channel * Phases) + phase) * Plane) + (((int)_y.Start(tapY) - _y.Lowest) * _places) + place;
                }
            }
        }
    }

    /// <summary>The lanes that it takes to compute a line.</summary>
    public int Lanes<TSimd>()
        where TSimd : struct, ISimd<TSimd> => Span<TSimd>() > 1 ? Math.Max(_x.Outputs, TSimd.Count / 2) : WholeLanes<TSimd>();

    /// <summary>
    /// The lines that a vector may have outputs of: two, if there are registers for what that takes and enough lanes would idle at the ends of lines;
    /// where no vector is of one line, more than a sixth.
    /// </summary>
    private int Span<TSimd>()
        where TSimd : struct, ISimd<TSimd>
    {
        int whole = WholeLanes<TSimd>(), idle = whole - _x.Outputs;
        bool pays = idle * (long)_outChannels > _x.Outputs * (long)SeamChannels && (_x.Outputs > TSimd.Count || idle * 6 > whole);
        return TSimd.RegisterCount >= 32 && pays ? 2 : 1;
    }

    private int WholeLanes<TSimd>()
        where TSimd : struct, ISimd<TSimd> => (_x.Outputs + TSimd.Count - 1) / TSimd.Count * TSimd.Count;

    /// <summary>The vectors of the outputs of so many lines, which lie side by side; each is of one line, or of two.</summary>
    public void Place<TSimd>(int lines, ref LineTile tile)
        where TSimd : struct, ISimd<TSimd>
    {
        int span = Math.Min(Span<TSimd>(), lines), width = Math.Min(TSimd.Count, span * _x.Outputs), count = 0;
        for (int output = 0; output < lines * _x.Outputs;)
        {
            int line = output / _x.Outputs, end = Math.Min(line + span, lines) * _x.Outputs;
            int to = Math.Min(output, end - width);
            line = to / _x.Outputs;
            int split = ((line + 1) * _x.Outputs) - to, from = line * _y.Stride * _places;
            tile.Places[count++] = new(from + to - (line * _x.Outputs), from + (_y.Stride * _places) - split, split, to, output - to);
            output = to + width;
        }

        tile.Places[count] = tile.Places[count - 1] with { Repeated = TSimd.Count }; // an odd one's other
        (tile.Pairs, tile.Width, tile.HasSeams) = ((count + 1) / 2, width, span > 1);
    }

    /// <summary>The values of a phase of a channel.</summary>
    private int Plane => LinesRead(_lines) * _places;

    private int LinesRead(int lines) => ((lines - 1) * _y.Stride) + _y.Extent;
}
