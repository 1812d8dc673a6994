using System.Diagnostics;
using System.Numerics.Tensors;
using SimdNet.Data;
using SimdNet.Peers.Native;
using SimdNet.Peers.Nets;
using SimdNet.Training;
using TorchSharp;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace SimdNet.Peers.Learning;

/// <summary>libtorch, with a network's parameters as they are at the beginning.</summary>
internal sealed class TorchLearner : Learner
{
    private readonly Net _net;
    private readonly Lesson _lesson;
    private readonly Module _module;
    private readonly torch.optim.Optimizer _optimizer;
    private long _steps;

    public TorchLearner(Net net, Network network, Lesson lesson)
        : base(Torch.Name)
    {
        (_net, _lesson, _module) = (net, lesson, net.ToModule(network));
        _module.train();
        _optimizer = torch.optim.Adam(_module.parameters(), Lesson.Rate, Lesson.Beta1, Lesson.Beta2, Lesson.Epsilon);
    }

    protected override void Step(Exercise exercise, Stopwatch clock)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor x = Torch.Tensor(exercise.Inputs, _net.BatchShape(exercise.Labels.Length)), y = Torch.Labels(exercise.Labels);
        foreach (torch.optim.ILearningRateController group in _optimizer.ParamGroups)
        {
            group.LearningRate = Lesson.Rate * _lesson.Schedule.Factor(_steps);
        }

        clock.Start();
        _optimizer.zero_grad();
        torch.nn.functional.cross_entropy(_module.forward(x), y, label_smoothing: Lesson.LabelSmoothing).backward();
        _optimizer.step();
        clock.Stop();
        _steps++;
    }

    protected override int CountCorrect(Dataset test)
    {
        int correct = 0;
        _module.eval();
        using IDisposable inference = torch.inference_mode();
        foreach (Batch batch in test.Batches(_lesson.BatchSize))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            float[] outputs = Torch.Values(_module.forward(Torch.Tensor(batch.Inputs, _net.BatchShape(batch.Count))));
            for (int i = 0; i < batch.Count; i++)
            {
                correct += TensorPrimitives.IndexOfMax(outputs.AsSpan(i * _net.Outputs, _net.Outputs)) == batch.Labels[i] ? 1 : 0;
            }
        }

        _module.train();
        return correct;
    }
}
