using SimdNet.Memory;

namespace SimdNet.Kernels;

/// <content>What is laid out on the way back.</content>
public static unsafe partial class Pooling
{
    /// <summary>
    /// Places From … From + Length of every line, and what is laid out to sum their gradients.
    /// <code>
    /// parts    [lines of outputs, taps or one, outputs]     what a window gives to each of its places, zeros beside the first and the last
    /// values   [lines, places]                              of x, NaN where windows reach into padding: it is nobody's largest
    /// counted  [outputs]                                    places of each window along the line
    /// firsts, taps  [places]                                the last window that holds a place, and as which of its places
    /// </code>
    /// </summary>
    private readonly struct Block
    {
        private const int IndicesLength = MostPlaces + Slack;

        public readonly int From, Length, Kernel, Stride, Lines;

        /// <summary>Outputs whose windows hold a place, or would if there were such outputs: from Lowest on; those that are there: from FirstOutput on.</summary>
        public readonly int Lowest, FirstOutput, Outputs;

        /// <summary>The line of x that their windows take in: from Place on, of which Inside … Inside + InsideLength is there.</summary>
        public readonly int Place, Inside, InsideLength;

        public readonly int TapStep, ValuesPitch;

        /// <summary>Where the first window that holds the first place (and with stride 2, the second) stands in the parts, and how many hold it.</summary>
        public readonly nint EvenPlace, OddPlace;

        public readonly int EvenCount, OddCount;

        public readonly nint LineStep;

        /// <summary>Whether there is room for the windows of a line.</summary>
        public readonly bool Fits;

        private readonly int _pad, _outputLines, _valuesLength;
        private readonly Line _axis;
        private readonly float* _scratch = Gemm.Scratch;

        public Block(in PoolingShape shape, in Line axis, int from, int to, bool isByPlace)
        {
            (From, Length, Kernel, Stride, _pad, _axis) = (from, to - from, shape.Horizontal.Kernel, shape.Horizontal.Stride, shape.Horizontal.PadBefore, axis);
            (FirstOutput, int end) = axis.Outputs(from, to);
            Outputs = Math.Max(0, end - FirstOutput);
            Lowest = (int)Math.Floor(((double)from + _pad - Kernel + 1) / Stride);
            int lines = (AlignedBuffer.Align((int)((((long)to - 1 + _pad) / Stride) - Lowest) + 1) / AlignedBuffer.Alignment) + 1;
            int pitch = (lines | 1) * AlignedBuffer.Alignment; // an odd number of cache lines: rows do not share their sets
            Place = (FirstOutput * Stride) - _pad;
            int reach = Outputs == 0 ? 0 : ((Outputs - 1) * Stride) + Kernel;
            Inside = Math.Max(Place, 0);
            InsideLength = Math.Max(0, (int)Math.Min((long)Place + reach, shape.Image[2]) - Inside);
            ValuesPitch = AlignedBuffer.Align(reach) + Slack;
            TapStep = isByPlace ? pitch : 0;
            LineStep = isByPlace ? (nint)shape.Vertical.Kernel * Kernel * pitch : pitch;
            (EvenPlace, EvenCount) = FirstOf(0);
            (OddPlace, OddCount) = FirstOf(1);
            for (Lines = shape.Image[1]; ; Lines = (Lines + 1) / 2)
            {
                long outputLines = ((Lines - 1L + shape.Vertical.Kernel - 1) / shape.Vertical.Stride) + 2;
                long values = isByPlace ? Math.Min(shape.Image[1], Lines + (2L * shape.Vertical.Kernel)) * ValuesPitch : 0;
                _outputLines = (int)Math.Min(outputLines, shape.Output[1]);
                Fits = (double)_outputLines * LineStep <= Room - (2 * IndicesLength) - pitch && values <= Room;
                if (Lines == 1 || (Fits && _outputLines * LineStep <= PartsLength))
                {
                    _valuesLength = Fits ? (int)values : 0;
                    return;
                }
            }
        }

        public float* Firsts => _scratch;

        public float* Taps => _scratch + IndicesLength;

        public float* Parts => _scratch + (2 * IndicesLength);

        public float* Counted => Parts + (_outputLines * LineStep);

        public float* Values => _scratch + Room;

        /// <summary>Of place i: where the last window that holds it stands, in the parts of its tap, and how many windows hold it.</summary>
        public (nint Place, int Count) Origin(int i)
        {
            (int output, int tap) = Math.DivRem(From + i + _pad, Stride);
            return ((tap * (nint)TapStep) + output - Lowest, tap < Kernel ? ((Kernel - 1 - tap) / Stride) + 1 : 0);
        }

        private (nint Place, int Count) FirstOf(int i)
        {
            (nint place, int count) = Origin(i);
            return (place + ((count - 1) * (((nint)Stride * TapStep) - 1)), count);
        }

        /// <summary>Lays out all that is the same for every plane.</summary>
        public void Prepare()
        {
            new Span<float>(Parts, (int)(_outputLines * LineStep)).Clear();
            new Span<float>(Values, _valuesLength).Fill(float.NaN);
            for (int i = 0; i < Outputs; i++)
            {
                Counted[i] = _axis.Window(FirstOutput + i).Count;
            }

            for (int i = 0; i < Length + Slack && Stride > 2; i++)
            {
                (nint place, int count) = i < Length ? Origin(i) : default;
                ((int*)Firsts)[i] = count == 0 ? 0 : (int)place;
                ((int*)Taps)[i] = count == 0 ? Kernel : (From + i + _pad) % Stride;
            }
        }
    }
}
