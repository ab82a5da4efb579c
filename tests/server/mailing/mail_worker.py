"""A worker of test_delivery.py with short times: `python -m tests.server.mailing.mail_worker URL`."""

import sys

import crm_server.mailing.jobs  # noqa: F401 - declares the task
from crm_server.kit.job_runner import Pace, run_worker

PACE = Pace(poll_every=0.1, heartbeat_every=0.5, dead_after=2, rescue_every=0.5, reconnect_after=0.3)

if __name__ == "__main__":
    run_worker(sys.argv[1], 2, pace=PACE)
