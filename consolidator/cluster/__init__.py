"""The shell of a cluster: many counties, many machines, one Kafka."""
