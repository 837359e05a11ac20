// These tests mostly wait for processes and slots, so more of them than there are processors may run at once.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]
