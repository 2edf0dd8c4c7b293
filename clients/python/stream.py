#!/usr/bin/env python3
"""usage: stream.py RECORDING.wav TEXT: sends a 16-bit wav at the speed it was spoken and prints what the server says
while it listens. Needs the package `websockets`."""

import asyncio
import json
import os
import sys
import wave

import websockets

URL = os.environ.get("HIGGINS_URL", "http://127.0.0.1:8080").replace("http", "ws", 1)
KEY = os.environ.get("HIGGINS_KEY")
CHUNK_S = 0.1
SPEED = float(os.environ.get("HIGGINS_SPEED", "1"))


async def send(connection, recording):
    frames = int(recording.getframerate() * CHUNK_S)
    while chunk := recording.readframes(frames):
        await connection.send(chunk)
        await asyncio.sleep(CHUNK_S / SPEED)
    await connection.send(json.dumps({"type": "end"}))


async def main():
    headers = {"Authorization": f"Bearer {KEY}"} if KEY else {}
    with wave.open(sys.argv[1]) as recording:
        audio = {
            "format": "pcm_s16le",
            "sample_rate_hz": recording.getframerate(),
            "channels": recording.getnchannels(),
        }
        async with websockets.connect(f"{URL}/v1/stream", additional_headers=headers) as connection:
            await connection.send(json.dumps({"type": "start", "text": sys.argv[2], "audio": audio}))
            sending = asyncio.create_task(send(connection, recording))
            async for message in connection:
                event = json.loads(message)
                if event["type"] == "progress":
                    print("so far:", " ".join(word["word"] for word in event["words"]))
                elif event["type"] == "report":
                    print(f"total {event['report']['utterance']['total'] * 100:.0f}")
                else:
                    print(event["type"], event.get("problem", {}).get("detail", ""))
            sending.cancel()


if __name__ == "__main__":
    asyncio.run(main())
