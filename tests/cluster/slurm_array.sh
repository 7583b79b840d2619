#!/usr/bin/env bash
# A job array of a real Slurm of one node, made here for the test alone: ten videos shared by three tasks, one of which is
# killed in the middle and requeued. Every outcome is there once and equal to a single process's.
#   slurm_array.sh PSCOPE   exits 77 where Slurm, munge or ffmpeg is not installed, or not as root
set -u
pscope=$1
skip() { echo "SKIP: $1"; exit 77; }
fail() { echo "FAIL: $1"; tail -n 15 "$work"/*.log "$work"/*.out 2>/dev/null; exit 1; }
for program in slurmctld slurmd sbatch munged ffmpeg; do
    command -v "$program" >/dev/null || skip "$program is not installed: apt-get install slurm-wlm munge ffmpeg"
done
[ "$(id -u)" = 0 ] || skip "Slurm's daemons are started as root here"

work=$(mktemp -d)
export SLURM_CONF=$work/slurm.conf
cleanup() {
    pkill -F "$work/slurmctld.pid" 2>/dev/null
    pkill -F "$work/slurmd.pid" 2>/dev/null
    [ ! -f "$work/munge.pid" ] || kill "$(cat "$work/munge.pid")" 2>/dev/null
    sleep 0.5
    rm -rf "$work"
}
trap cleanup EXIT

# Munge and Slurm of our own: other sockets, ports and folders than an installed service's.
chmod 755 "$work"
mkdir -m 755 "$work/munge" "$work/state" "$work/spool"
dd if=/dev/urandom of="$work/munge/key" bs=128 count=1 2>/dev/null
chmod 600 "$work/munge/key"
munged --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge.pid" \
    --log-file="$work/munge.log" --seed-file="$work/munge/seed" || skip "munged does not start here"
host=$(hostname -s)
cat >"$SLURM_CONF" <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
SlurmctldPort=26817
SlurmdPort=26818
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
ReturnToService=2
MinJobAge=3600
SchedulerParameters=batch_sched_delay=1,sched_interval=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
EOF
slurmctld -c >/dev/null 2>&1 && slurmd >/dev/null 2>&1 || fail "Slurm's daemons do not start"
for _ in $(seq 60); do
    sinfo -h -o %T 2>/dev/null | grep -q idle && break
    sleep 0.5
done
sinfo -h -o %T 2>/dev/null | grep -q idle || fail "the node does not come up"

for i in $(seq 10); do
    ffmpeg -v error -nostdin -f lavfi -i "testsrc2=size=64x48:rate=25:duration=0.32,rotate=$i" "$work/video $i.mp4" || fail "ffmpeg"
    echo "$work/video $i.mp4"
done >"$work/list"
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive
"$pscope" flow --list "$work/list" -o "$work/single" -g cpu >/dev/null 2>"$work/single.log" || fail "the single process"

cat >"$work/job.sh" <<EOF
#!/bin/bash
"$pscope" flow --list "$work/list" -o "$work/shared" -g cpu --resume
EOF
job=$(sbatch --parsable --array=1-3 --requeue --open-mode=append -o "$work/task-%a.out" "$work/job.sh") || fail "sbatch"
# The second task is requeued as soon as it has something to lose.
requeued=0
for _ in $(seq 300); do
    if [ $requeued = 0 ] && ls "$work"/shared/"video 2"/*.flo >/dev/null 2>&1; then
        scontrol requeue "${job}_2" && requeued=1
    fi
    [ -n "$(squeue -h -j "$job" 2>/dev/null)" ] || break
    sleep 0.1
done
[ $requeued = 1 ] || fail "no task could be requeued"
for _ in $(seq 240); do
    [ -z "$(squeue -h -j "$job" -t PENDING,RUNNING,COMPLETING 2>/dev/null)" ] && break
    sleep 0.5
done
[ -z "$(squeue -h -j "$job" -t PENDING,RUNNING,COMPLETING 2>/dev/null)" ] || fail "the job does not end: $(squeue -h -j "$job")"
restarts=$(scontrol show job "${job}_2" | grep -o 'Restarts=[0-9]*')
[ "$restarts" = "Restarts=1" ] || fail "task 2 was not restarted: $restarts"
diff -r "$work/single" "$work/shared" || fail "the outcomes differ"
[ "$(find "$work/shared" -name job.json | wc -l)" = 10 ] || fail "not every video is there"
echo "ten videos, three tasks, one requeued ($restarts): equal to a single process"
