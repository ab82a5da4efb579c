"""A worker of test_loading.py with short times: `python -m tests.server.exchange.load_worker URL ROWS`."""

import sys

from crm_server.exchange import loading
from crm_server.kit.job_runner import Pace, run_worker

PACE = Pace(poll_every=0.1, heartbeat_every=0.5, dead_after=2, rescue_every=0.5, reconnect_after=0.3)

if __name__ == "__main__":
    loading.PORTION = int(sys.argv[2])
    run_worker(sys.argv[1], 2, pace=PACE)
