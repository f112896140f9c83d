package millrace.peers.flink;

import millrace.peers.flink.queries.Queries;
import millrace.peers.flink.queries.Workload;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ParameterTool;

/**
 * {@code --query NAME --events N --results FOLDER --verify true|false}. The settings of the job, such as its parallelism and its
 * checkpoints, are those of the cluster that runs it.
 */
public final class NexmarkJob {
    private NexmarkJob() {}

    public static void main(String[] args) throws Exception {
        ParameterTool parameters = ParameterTool.fromArgs(args);
        String query = parameters.getRequired("query");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        Queries.byName(query)
                .build(new Workload(
                        environment,
                        Integer.parseInt(parameters.getRequired("events")),
                        parameters.getRequired("results"),
                        Boolean.parseBoolean(parameters.getRequired("verify"))));
        environment.execute("nexmark " + query);
    }
}
