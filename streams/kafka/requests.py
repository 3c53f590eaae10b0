"""Owns the two requests of Kafka's protocol that we need and aiokafka does not have. Field by field as published.

``IncrementalAlterConfigs`` changes single settings and leaves the others; the older request replaces all of them.
``Metadata`` from version 8 on says what the asker may do with each topic.
"""

from collections.abc import Sequence
from typing import Any

from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int8, Int16, Int32, Schema, String

_TEXT = String("utf-8")
TOPIC_RESOURCE = 2
SET = 0


class _AlterResponse(Response):  # type: ignore[misc] # aiokafka carries no types
    API_KEY = 44
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "resources",
            Array(("error_code", Int16), ("error_message", _TEXT), ("resource_type", Int8), ("resource_name", _TEXT)),
        ),
    )


class _AlterStruct(RequestStruct):  # type: ignore[misc] # aiokafka carries no types
    API_KEY = 44
    API_VERSION = 0
    RESPONSE_TYPE = _AlterResponse
    SCHEMA = Schema(
        (
            "resources",
            Array(
                ("resource_type", Int8),
                ("resource_name", _TEXT),
                ("configs", Array(("name", _TEXT), ("config_operation", Int8), ("value", _TEXT))),
            ),
        ),
        ("validate_only", Boolean),
    )


class SetTopicConfig(Request[_AlterStruct]):  # type: ignore[misc] # aiokafka carries no types
    """Set single settings of one topic: pairs of name and value."""

    API_KEY = 44

    def __init__(self, topic: str, settings: Sequence[tuple[str, str]]) -> None:
        """Keep what is to be set."""
        self._resources = [(TOPIC_RESOURCE, topic, [(name, SET, value) for name, value in settings])]

    def build(self, request_struct_class: type[_AlterStruct]) -> Any:  # noqa: ANN401 -- aiokafka carries no types
        """Give the request."""
        return request_struct_class(self._resources, False)  # noqa: FBT003 -- the protocol's validate_only


class _RightsResponse(Response):  # type: ignore[misc] # aiokafka carries no types
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", _TEXT), ("port", Int32), ("rack", _TEXT))),
        ("cluster_id", _TEXT),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", _TEXT),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("operations", Int32),
            ),
        ),
        ("cluster_operations", Int32),
    )


class _RightsStruct(RequestStruct):  # type: ignore[misc] # aiokafka carries no types
    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _RightsResponse
    SCHEMA = Schema(
        ("topics", Array(_TEXT)),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class DescribeTopics(Request[_RightsStruct]):  # type: ignore[misc] # aiokafka carries no types
    """Ask for topics by name (None: all one may know of), with the operations one may do on each as bits."""

    API_KEY = 3

    def __init__(self, topics: Sequence[str] | None) -> None:
        """Keep the names."""
        self._topics = None if topics is None else list(topics)

    def build(self, request_struct_class: type[_RightsStruct]) -> Any:  # noqa: ANN401 -- aiokafka carries no types
        """Give the request; it never makes a topic."""
        return request_struct_class(self._topics, False, False, True)  # noqa: FBT003 -- the protocol's three flags
