"""Lists of recommendations by FastAPI and numpy, as one would write them. Arguments: a folder with the model, a port."""

import json
import sys
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI, HTTPException

folder, port = Path(sys.argv[1]), int(sys.argv[2])
served = json.loads((folder / "served.json").read_text())
movies = np.fromfile(folder / "movies.f32", dtype=np.float32).reshape(-1, served["width"])
users = np.fromfile(folder / "users.f32", dtype=np.float32).reshape(-1, served["width"])
rated = [np.array(rows, dtype=np.int64) for rows in served["rated"]]
app = FastAPI()


@app.get("/api/v1/recommendations")
async def recommend(user: int, k: int = 10):
    if not 1 <= user <= len(users):
        raise HTTPException(404)
    scores = movies @ users[user - 1]
    scores[rated[user - 1]] = -np.inf
    best = np.argpartition(-scores, k)[:k]
    best = best[np.argsort(-scores[best])]
    recommendations = [{**served["movies"][row], "score": float(scores[row])} for row in best]
    return {"user": user, "recommendations": recommendations}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")
